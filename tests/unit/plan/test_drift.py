"""The same findings as the plan's, read the other way."""

import json
from dataclasses import replace

from meridian.plan import Change, ChangeKind, Difference, World, compare, drift
from meridian.topology import Topology

NODE = "kafka-1.us-east.local"


def test_right_after_a_deployment_nothing_has_drifted(local: Topology, well: World) -> None:
    found = drift("local", compare(local, well))
    assert found.exit_code == 0
    assert found.to_dict() == {"environment": "local", "drift": []}


def test_each_property_has_what_is_wanted_and_what_is_there(local: Topology, well: World) -> None:
    differences = (Difference("retention.ms", None, "1000"), Difference("partitions", 6, 3))
    found = drift("local", [Change("topic", "us-east/a", "us-east", ChangeKind.DIFFERS, differences)])
    assert found.exit_code == 2
    assert [(item.what, item.wanted, item.found) for item in found.items] == [
        ("retention.ms", None, "1000"),
        ("partitions", 6, 3),
    ]
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()


def test_machines_gone_and_added_behind_our_back(local: Topology, well: World) -> None:
    nodes = {name: seen for name, seen in well.nodes.items() if name != NODE}
    found = drift("local", compare(local, replace(well, nodes=nodes, unmanaged=("new-1.us-east.local",))))
    assert [(item.kind, item.id, item.what, item.found) for item in found.items] == [
        ("node", NODE, "existence", "gone"),
        ("node", "new-1.us-east.local", "existence", "there"),
    ]


def test_what_the_plan_keeps_although_it_differs_has_drifted(local: Topology, well: World) -> None:
    nodes = {**well.nodes, NODE: {"state": "RUNNING", "tags": {}}}
    found = drift("local", compare(local, replace(well, nodes=nodes)))
    assert {item.what.split()[0] for item in found.items} == {"tag"}
    assert found.exit_code == 2


def test_what_cannot_be_asked_is_not_taken_for_right(local: Topology, well: World) -> None:
    world = replace(well, connectors={"central": "no Connect worker answers"})
    (item,) = drift("local", compare(local, world)).items
    assert (item.kind, item.found) == ("flow", "not known")
    assert "no Connect worker answers" in item.reason
