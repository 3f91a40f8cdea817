"""Brokers as Mesos tasks, on the local cloud: refused without Mesos, deployed, verified, broken in many ways.

Mesos and Marathon are what ``MERIDIAN_MESOS_ARTIFACT`` and ``MERIDIAN_MARATHON_ARTIFACT`` name, else the
double of both.
"""

import re

import pytest

from tests.integration.clone import Clone, Outcome
from tests.integration.conftest import SETTINGS
from tests.waiting import wait_until

ENVIRONMENT = "local-mesos"
MASTERS = [f"masters-{number}.us-east.{ENVIRONMENT}" for number in (1, 2, 3)]
HOSTS = [f"kafka-{number}.us-east.{ENVIRONMENT}" for number in (1, 2, 3)]
BROKER_PIDS = "pgrep -f '[k]afka.Kafka /var/lib/meridian/mesos'"


def test_without_mesos_it_is_refused_in_one_line(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    refused = clone.meridian("deploy", ENVIRONMENT, code=1)
    (line,) = [text for text in refused.messages.splitlines() if text.startswith("meridian: ")]
    assert "MERIDIAN_MESOS_ARTIFACT" in line
    assert "docs/mesos.md" in line
    assert clone.status(ENVIRONMENT)["nodes"]["up"] == 0


@pytest.fixture(scope="module")
def deployed_on_mesos(clone: Clone, software: None) -> Outcome:
    """The first deployment."""
    return clone.meridian("deploy", ENVIRONMENT, timeout=1500)


@pytest.fixture
def mesos(clone: Clone, deployed_on_mesos: Outcome) -> Clone:
    """The clone with its platform up."""
    assert deployed_on_mesos.code == 0
    return clone


def test_a_second_deployment_changes_nothing(mesos: Clone) -> None:
    again = mesos.meridian("deploy", ENVIRONMENT, "--json", timeout=300).json
    assert again == {"ok": True, "changes": 0, "failures": []}


def test_no_flight_is_lost_or_doubled_when_a_broker_is_killed(mesos: Clone) -> None:
    printed = mesos.during(
        ("verify", ENVIRONMENT),
        r"flights: \d+ of \d+ published",
        lambda: mesos.on(HOSTS[1], f"kill -KILL $({BROKER_PIDS})"),
    )
    assert re.search(r"us-east-to-central: delayed flights arrived\D+(\d+)\D+\1\b", printed), printed[-3000:]
    mesos.well_within(120, ENVIRONMENT)


def test_a_broker_is_back_soon_after_the_failover_delay(mesos: Clone) -> None:
    before = mesos.on(HOSTS[0], BROKER_PIDS)
    mesos.on(HOSTS[0], f"kill -KILL {before}")
    # The delay is 2 s; 15 s are for the task and its JVM to run again.
    wait_until(
        "the broker runs again", lambda: mesos.on(HOSTS[0], f"{BROKER_PIDS} || true") not in ("", before), 30
    )
    mesos.well_within(120, ENVIRONMENT)


def test_brokers_go_on_without_marathon(mesos: Clone) -> None:
    before = [mesos.on(host, BROKER_PIDS) for host in HOSTS]
    for master in MASTERS:
        mesos.on(master, "systemctl stop meridian-marathon")
    assert [mesos.on(host, BROKER_PIDS) for host in HOSTS] == before
    mesos.well_within(30, ENVIRONMENT)
    for master in MASTERS:
        mesos.on(master, "systemctl start meridian-marathon")
    assert [mesos.on(host, BROKER_PIDS) for host in HOSTS] == before


def test_brokers_go_on_when_mesos_has_another_leader(mesos: Clone) -> None:
    before = [mesos.on(host, BROKER_PIDS) for host in HOSTS]
    for master in MASTERS:
        mesos.on(master, "systemctl kill --kill-whom=all -s KILL meridian-mesos-master")
    mesos.well_within(120, ENVIRONMENT)
    assert [mesos.on(host, BROKER_PIDS) for host in HOSTS] == before


def test_tasks_go_on_while_their_agent_restarts(mesos: Clone) -> None:
    before = mesos.on(HOSTS[2], BROKER_PIDS)
    mesos.on(HOSTS[2], "systemctl restart meridian-mesos-agent")
    mesos.well_within(120, ENVIRONMENT)
    assert mesos.on(HOSTS[2], BROKER_PIDS) == before


def test_a_host_that_is_gone_is_made_again_and_its_broker_begins_anew(mesos: Clone) -> None:
    """Its volume is on no agent any more: it is given up when others have all its data."""
    mesos.lose(HOSTS[1])
    mesos.meridian("deploy", ENVIRONMENT, timeout=600)
    mesos.well_within(120, ENVIRONMENT)
    cluster = mesos.status(ENVIRONMENT)["clusters"]["us-east"]
    assert (cluster["brokers_up"], cluster["under_replicated"]) == (3, 0)


def test_a_changed_setting_restarts_brokers_one_after_the_other(mesos: Clone) -> None:
    file = mesos.folder / "pillar" / "environments" / f"{ENVIRONMENT}.sls"
    text = file.read_text(encoding="utf-8")
    before = [mesos.on(host, BROKER_PIDS) for host in HOSTS]
    try:
        file.write_text(text.replace("kafka: {runtime: mesos}", "kafka: {runtime: mesos, log_level: WARN}"))
        mesos.meridian("deploy", ENVIRONMENT, timeout=600)
    finally:
        file.write_text(text)
    after = [mesos.on(host, BROKER_PIDS) for host in HOSTS]
    assert all(one and one != former for one, former in zip(after, before, strict=True))
    mesos.well_within(120, ENVIRONMENT)


def test_destroy_removes_all_of_it(mesos: Clone) -> None:
    made = mesos.platform
    mesos.meridian("destroy", ENVIRONMENT, "--yes")
    assert mesos.left_of(made) == []
