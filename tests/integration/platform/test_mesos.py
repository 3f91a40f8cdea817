"""Brokers as Mesos tasks, on the local cloud: refused without Mesos, verified, broken in many ways.

Mesos and Marathon are what ``MERIDIAN_MESOS_ARTIFACT`` and ``MERIDIAN_MARATHON_ARTIFACT`` name, else the
double of both.
"""

import re
from typing import Any

import pytest

from tests.integration.clone import Clone
from tests.integration.conftest import SETTINGS
from tests.integration.platform.conftest import OnMesos
from tests.waiting import wait_until

BROKER_PIDS = "pgrep -f '[k]afka.Kafka /var/lib/meridian/mesos'"
BEGINS_THERE = pytest.param(
    "local-mesos", marks=pytest.mark.long("its own deployment; every run breaks a region that moved there")
)
on_each = pytest.mark.parametrize("on_mesos", ["local", BEGINS_THERE], indirect=True)
on_its_own = pytest.mark.parametrize("on_mesos", [BEGINS_THERE], indirect=True)


def brokers(on_mesos: OnMesos) -> list[str]:
    """Return the process ids of each host's broker."""
    return [on_mesos.clone.on(host, BROKER_PIDS) for host in on_mesos.hosts]


def well(on_mesos: OnMesos, seconds: float = 120) -> dict[str, Any]:
    """Wait until the environment is all well, and return its status."""
    return on_mesos.clone.well_within(seconds, on_mesos.environment)


def test_without_mesos_it_is_refused_in_one_line(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    refused = clone.meridian("deploy", "local-mesos", code=1)
    (line,) = [text for text in refused.messages.splitlines() if text.startswith("meridian: ")]
    assert "MERIDIAN_MESOS_ARTIFACT" in line
    assert "docs/mesos.md" in line
    assert clone.status("local-mesos")["nodes"]["up"] == 0
    assert "local-mesos" not in (clone.folder / ".platform" / "networks.json").read_text(encoding="utf-8")


@on_its_own
def test_a_second_deployment_changes_nothing(on_mesos: OnMesos) -> None:
    again = on_mesos.clone.meridian("deploy", on_mesos.environment, "--json", timeout=300).json
    assert again == {"ok": True, "changes": 0, "failures": []}


@on_each
def test_no_flight_is_lost_or_doubled_when_a_broker_is_killed(on_mesos: OnMesos) -> None:
    clone = on_mesos.clone
    printed = clone.during(
        ("verify", on_mesos.environment),
        r"flights: \d+ of \d+ published",
        lambda: clone.on(on_mesos.hosts[1], f"kill -KILL $({BROKER_PIDS})"),
    )
    assert re.search(r"us-east-to-central: delayed flights arrived\D+(\d+)\D+\1\b", printed), printed[-3000:]
    well(on_mesos)


@on_each
def test_a_broker_is_back_soon_after_the_failover_delay(on_mesos: OnMesos) -> None:
    host = on_mesos.hosts[0]
    before = on_mesos.clone.on(host, BROKER_PIDS)
    on_mesos.clone.on(host, f"kill -KILL {before}")
    # The delay is 2 s; 15 s are for the task and its JVM to run again.

    def runs_again() -> bool:
        return on_mesos.clone.on(host, f"{BROKER_PIDS} || true") not in ("", before)

    wait_until("the broker runs again", runs_again, 30)
    well(on_mesos)


@on_each
def test_brokers_go_on_without_marathon(on_mesos: OnMesos) -> None:
    before = brokers(on_mesos)
    for master in on_mesos.masters:
        on_mesos.clone.on(master, "systemctl stop meridian-marathon")
    assert brokers(on_mesos) == before
    well(on_mesos, 30)
    for master in on_mesos.masters:
        on_mesos.clone.on(master, "systemctl start meridian-marathon")
    assert brokers(on_mesos) == before


@on_each
def test_brokers_go_on_when_mesos_has_another_leader(on_mesos: OnMesos) -> None:
    before = brokers(on_mesos)
    for master in on_mesos.masters:
        on_mesos.clone.on(master, "systemctl kill --kill-whom=all -s KILL meridian-mesos-master")
    well(on_mesos)
    assert brokers(on_mesos) == before


@on_each
def test_tasks_go_on_while_their_agent_restarts(on_mesos: OnMesos) -> None:
    host = on_mesos.hosts[2]
    before = on_mesos.clone.on(host, BROKER_PIDS)
    on_mesos.clone.on(host, "systemctl restart meridian-mesos-agent")
    well(on_mesos)
    assert on_mesos.clone.on(host, BROKER_PIDS) == before


@on_each
def test_a_host_that_is_gone_is_made_again_and_its_broker_begins_anew(on_mesos: OnMesos) -> None:
    """Its volume is on no agent any more: it is given up when others have all its data."""
    on_mesos.clone.lose(on_mesos.hosts[1])
    on_mesos.clone.meridian("deploy", on_mesos.environment, timeout=600)
    well(on_mesos)
    cluster = on_mesos.clone.status(on_mesos.environment)["clusters"]["us-east"]
    assert (cluster["brokers_up"], cluster["under_replicated"]) == (3, 0)


@on_each
def test_a_changed_setting_restarts_brokers_one_after_the_other(on_mesos: OnMesos) -> None:
    file = on_mesos.clone.folder / "pillar" / "environments" / f"{on_mesos.environment}.sls"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("kafka: {runtime: mesos", "kafka: {log_level: WARN, runtime: mesos", 1)
    assert changed != text
    before = brokers(on_mesos)
    try:
        file.write_text(changed, encoding="utf-8")
        on_mesos.clone.meridian("deploy", on_mesos.environment, timeout=600)
    finally:
        file.write_text(text, encoding="utf-8")
    after = brokers(on_mesos)
    assert all(one and one != former for one, former in zip(after, before, strict=True))
    well(on_mesos)


@on_its_own
def test_destroy_removes_all_of_it(on_mesos: OnMesos) -> None:
    made = on_mesos.clone.platform
    on_mesos.clone.meridian("destroy", on_mesos.environment, "--yes")
    assert on_mesos.clone.left_of(made) == []
