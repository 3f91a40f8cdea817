"""What operators do: drain nodes and bring them back, plan maintenance, give agents up."""

import os
import signal
import time

from meridian.services.mesos import drain as draining
from meridian.services.mesos import maintenance

from tests.integration.mesos.framework import Framework, launch
from tests.integration.mesos.lab import AGENTS, Lab
from tests.integration.mesos.test_tasks import run
from tests.waiting import wait_until

HOST = AGENTS[0]


def test_a_node_is_drained_and_used_again(lab: Lab, framework: Framework) -> None:
    run(framework, "moves")
    client = lab.operator()
    done = draining.drain(client, HOST, seconds=30)
    assert done.changed
    assert done.ended == (f"{framework.id}/moves",)
    assert framework.update("moves", "TASK_KILLED")["reason"] == "REASON_AGENT_DRAINING"
    assert draining.state(lab.registered()[HOST]) == "drained"
    assert not draining.drain(client, HOST, seconds=30).changed
    framework.take_note()
    assert all(one["hostname"] != HOST for one in framework._offers.values())
    assert draining.reactivate(client, HOST)
    assert framework.offer(HOST)
    assert not draining.reactivate(client, HOST)


def test_a_node_without_an_agent_needs_no_draining(lab: Lab) -> None:
    assert not draining.drain(lab.operator(), "127.0.0.99").changed


def test_maintenance_is_announced_started_and_ended(lab: Lab, framework: Framework) -> None:
    client = lab.operator()
    run(framework, "warned")
    machines = maintenance.machines(client, [HOST])
    window = maintenance.window(machines, 3600, 600, time.time())
    client.plan_maintenance(maintenance.with_window(client.schedule(), window))
    try:
        inverse = framework.event("INVERSE_OFFERS")["inverse_offers"]["inverse_offers"][0]
        assert inverse["unavailability"] == window["unavailability"]
        assert framework.offer(HOST)["unavailability"]["duration"] == {"nanoseconds": 600_000_000_000}
        client.start_maintenance(machines)
        wait_until("the agent has ended", lambda: not lab.agents[HOST].alive)
        wait_until("its task has ended", lambda: not lab.processes(framework.id))
        assert set(client.down()) == {HOST}
        assert maintenance.end(client, [HOST])
        assert client.down() == {}
    finally:
        maintenance.end(client, [HOST])
    lab.start()


def test_a_dead_agent_is_given_up(lab: Lab, framework: Framework) -> None:
    offer = framework.offer(HOST)
    framework.accept(offer, launch("doomed", offer, [framework.cpus()], {"value": "exec sleep 1000"}))
    framework.update("doomed", "TASK_RUNNING")
    agent_id = offer["agent_id"]["value"]
    lab.agents[HOST].kill()
    framework.update("doomed", "TASK_UNREACHABLE")
    assert draining.give_up(lab.operator(), HOST, agent_id) == agent_id
    framework.updates.clear()
    framework.call("RECONCILE", tasks=[{"task_id": {"value": "doomed"}, "agent_id": {"value": agent_id}}])
    framework.update("doomed", "TASK_GONE_BY_OPERATOR")
    for task in lab.processes(framework.id):
        os.kill(task, signal.SIGKILL)
    # Its operator makes a new agent of the machine.
    (lab.folder / HOST / "data/agent/meta/slaves/latest").unlink()
    lab.start()
    assert draining.identity(lab.registered()[HOST]) != agent_id
