"""A plan in rows."""

from meridian.plan import Action, summary

ACTIONS = [
    Action("node", "a-1.x.e", "x", "create", cost_per_month=73.0),
    Action("node", "a-2.x.e", "x", "keep", cost_per_month=73.0),
    Action("node", "b-1.x.e", "x", "create", cost_per_month=None),
    Action("topic", "x/t", "x", "create"),
    Action("node", "old.e", "", "unmanaged"),
]
ROLES = {"a-1.x.e": "kafka", "a-2.x.e": "kafka", "b-1.x.e": "archive"}


def test_nodes_stand_by_region_and_by_what_becomes_of_them() -> None:
    found = summary.nodes(ACTIONS, ["x", "y"])
    assert list(found) == ["x", "y", ""]
    assert {action: len(ones) for action, ones in found["x"].items()} == {"create": 2, "keep": 1}
    assert found["y"] == {}
    assert [one.id for one in found[""]["unmanaged"]] == ["old.e"]


def test_costs_stand_by_region_and_role_with_what_is_unknown() -> None:
    kafka, archive = summary.costs(ACTIONS, ["b-1.x.e", "a-1.x.e/data"], ROLES)
    assert (kafka.role, kafka.nodes, kafka.per_month, kafka.unknown) == ("kafka", 2, 146.0, 1)
    assert kafka.per_hour == 0.2
    assert (archive.nodes, archive.per_month, archive.per_hour, archive.unknown) == (1, None, None, 1)
