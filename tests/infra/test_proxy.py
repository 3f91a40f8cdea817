"""The proxy of each node that has one: it runs, with who tells it, and holds its addresses."""

from typing import Any

from tests.infra.subjects import Subject, entry_of, settings_of


def test_runs_with_who_tells_it_where_brokers_are(facts: dict[str, Any], subject: Subject) -> None:
    if subject.node is None or not settings_of(subject).proxied:
        assert "meridian-proxy" not in facts["units"]
        return
    units = {"meridian-proxy"}
    if settings_of(subject).runtime == "mesos":
        units.add("meridian-discovery")
    for unit in units:
        found = facts["units"].get(unit)
        assert found is not None, f"{unit} is not loaded"
        assert (found["ActiveState"], found["SubState"]) == ("active", "running")
        assert found["UnitFileState"] == "enabled", "it would not start with the machine"


def test_only_what_is_for_other_regions_can_be_reached_from_elsewhere(
    facts: dict[str, Any], subject: Subject
) -> None:
    if subject.node is None or not settings_of(subject).proxied:
        return
    ports = settings_of(subject).settings["proxy"]["ports"]
    held = {(one["address"], one["port"]) for one in facts["listeners"] if one["port"] in ports.values()}
    assert ("127.0.0.1", ports["bootstrap"]) in held
    outside = {port for address, port in held if address != "127.0.0.1"}
    assert outside == ({entry_of(subject)} if entry_of(subject) else set())
