"""A node leaves its cluster while tasks run there, comes back, gets flags that cost agents their tasks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos import departure, reconfiguration, renewal
from meridian.services.mesos import drain as draining
from meridian.services.mesos.away import AWAY, Record

from tests.integration.mesos import framework as api
from tests.integration.mesos.framework import Framework, Json, launch
from tests.integration.mesos.lab import AGENTS, SECRETS, Lab
from tests.integration.mesos.test_tasks import run
from tests.waiting import wait_until

HOST, OTHER = AGENTS
CREDENTIAL = ("agent", SECRETS["agent"])


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "away.json")


@pytest.fixture
def flags(lab: Lab) -> Iterator[dict[str, str]]:
    """The agent's flags, which it has again afterwards."""
    before = dict(lab.agents[HOST].environment)
    yield before
    if lab.agents[HOST].environment != before:
        lab.agents[HOST].kill()
        renewal.forget_identity(Path(before["MESOS_WORK_DIR"]))
        lab.agents[HOST].change(before)
        lab.start()


def whole_offer(framework: Framework, volume: str = "") -> Json:
    """Return an offer of the node, with a volume if that is named."""

    def found() -> Json | None:
        framework.take_note()
        offer = framework.offer(HOST)
        if volume not in ("", *volumes_of(offer)):
            framework.decline(offer)
            return None
        return offer

    return dict(wait_until(f"an offer of the node {volume}", found))


def volumes_of(offer: Json) -> list[str]:
    """Return the persistent volumes in an offer."""
    return [one["disk"]["persistence"]["id"] for one in offer["resources"] if "disk" in one]


def test_a_node_leaves_with_its_task_and_is_offered_again_when_it_is_back(
    lab: Lab, framework: Framework, record: Record
) -> None:
    run(framework, "moves")
    client = lab.operator()
    assert departure.leave(client, None, HOST, record, 60)
    assert framework.update("moves", "TASK_KILLED")["reason"] == "REASON_AGENT_DRAINING"
    wait_until("its process has ended", lambda: not lab.processes(framework.id))
    assert record.all()[HOST].state == AWAY
    # Offers of the other node, made since, show that there would have been some.
    framework.decline(framework.offer(OTHER))
    assert framework.offer(OTHER)
    assert all(one["hostname"] == OTHER for one in framework._offers.values())
    assert not departure.leave(client, None, HOST, record, 60)
    assert departure.come_back(client, None, HOST, record, 60)
    whole_offer(framework)
    assert record.all() == {}
    run(framework, "again")


def test_a_changed_attribute_makes_a_new_agent_that_has_its_volumes_still(
    lab: Lab, framework: Framework, record: Record, flags: dict[str, str]
) -> None:
    client, agent = lab.operator(), lab.agents[HOST]
    disk, volume = framework.disk(128), framework.disk(128, "kept")
    offer = framework.offer(HOST)
    operations = [api.reserve(disk), api.create(volume)]
    command = {"value": "echo kept > data/file; exec sleep 1000"}
    framework.accept(offer, *operations, launch("holds", offer, [framework.cpus(), volume], command))
    framework.update("holds", "TASK_RUNNING")
    before = draining.identity(lab.registered()[HOST])
    after = flags | {"MESOS_ATTRIBUTES": flags["MESOS_ATTRIBUTES"].replace("zone-1", "zone-9")}
    reasons = reconfiguration.refusals(renewal.environment_of(agent.pid), after)
    assert reasons == ["attribute zone 'zone-9' for 'zone-1'"]
    with pytest.raises(MeridianError, match="1 tasks run; take the node out of service first"):
        renewal.refuse_with_tasks(lab.url(HOST), CREDENTIAL, Path(lab.ca))
    departure.leave(client, None, HOST, record, 60)
    framework.update("holds", "TASK_KILLED")
    renewal.refuse_with_tasks(lab.url(HOST), CREDENTIAL, Path(lab.ca))
    agent.kill()
    agent.change(after)
    # So that Mesos has the last word on what it refuses.
    agent.start()
    wait_until("it refuses to start", lambda: not agent.alive)
    assert "Failed to perform recovery: Configuration change not permitted" in agent.said()
    renewal.forget_identity(Path(flags["MESOS_WORK_DIR"]))
    lab.start()
    wait_until("a new agent is there", lambda: draining.identity(lab.registered()[HOST]) != before)
    departure.come_back(client, None, HOST, record, 60)
    offer = whole_offer(framework, "kept")
    found = {one["name"]: one["text"]["value"] for one in offer["attributes"]}
    assert found["zone"] == "zone-9"
    command = {"value": "grep kept data/file"}
    framework.accept(offer, launch("reads-what-was-kept", offer, [framework.cpus(), volume], command))
    framework.update("reads-what-was-kept", "TASK_FINISHED")
    offer = whole_offer(framework, "kept")
    framework.accept(offer, api.destroy(volume), api.unreserve(disk))
    lab.await_freed(HOST)
