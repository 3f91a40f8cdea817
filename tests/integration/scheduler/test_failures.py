"""Bad days of the scheduler: hosts, masters, schedulers and ZooKeeper that go away."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.integration.marathon import programs
from tests.integration.scheduler.scheduler_on_mesos import Cluster, Scheduler
from tests.integration.scheduler.test_brokers import SMALL
from tests.integration.zookeeper_server import Ensemble
from tests.waiting import wait_until


def started(cluster: Cluster, scheduler: Scheduler, broker: str, **options: str) -> None:
    """Add and start brokers, and wait until they run."""
    scheduler.wait_connected()
    scheduler.ask("/api/broker/add", broker=broker, **SMALL, **options)
    done = scheduler.ask("/api/broker/start", broker=broker, timeout="60s")
    assert done["status"] == "started", done


def test_a_broker_leaves_a_lost_host_and_the_old_one_is_ended_when_it_returns(cluster: Cluster) -> None:
    for number in (1, 2):
        cluster.start_agent(number)
    scheduler = cluster.start_scheduler()
    started(cluster, scheduler, "0")
    host = scheduler.broker(0)["task"]["hostname"]
    (old,) = wait_until("broker 0", lambda: cluster.running(0))
    cluster.freeze(host)
    assert any(
        f"host {host} cannot be reached" in one for one in scheduler.wait_state(0, "reconciling")["reasons"]
    )
    wait_until("moved", lambda: scheduler.broker(0).get("task", {}).get("hostname") not in (None, host))
    scheduler.wait_state(0, "running")
    # Nobody can reach the old one; as soon as its agent is back it is ended.
    assert old in cluster.running(0)
    cluster.thaw(host)
    wait_until("the old one is ended", lambda: old not in cluster.running(0), 60)
    assert len(cluster.running(0)) == 1


def test_a_volume_on_a_lost_host_is_said_so_and_given_up_by_name_only(cluster: Cluster) -> None:
    for number in (1, 2):
        cluster.start_agent(number)
    scheduler = cluster.start_scheduler()
    started(cluster, scheduler, "0", volume="data:100")
    broker = scheduler.broker(0)
    host, volume = broker["task"]["hostname"], broker["volumes"][0]["id"]
    cluster.agents[host].end(signal.SIGKILL)
    for pid in cluster.running(0):
        os.kill(pid, signal.SIGKILL)
    wait_until("the host is lost", lambda: scheduler.broker(0)["state"] == "reconciling")
    time.sleep(7)  # longer than host-lost-period: a broker without a volume would have left
    reasons = scheduler.broker(0)["reasons"]
    assert any(volume in one and "to give its data up" in one for one in reasons), reasons
    assert scheduler.broker(0)["task"]["hostname"] == host
    scheduler.ask("/api/broker/volume/give-up", broker="0", volume=volume, confirm=volume)
    after = scheduler.wait_state(0, "running")
    assert after["task"]["hostname"] != host
    assert after["volumes"][0]["id"] != volume


def test_a_scheduler_killed_before_its_launch_arrives_launches_once(cluster: Cluster) -> None:
    host = cluster.start_agent(1)
    scheduler = cluster.start_scheduler()
    scheduler.wait_connected()
    scheduler.ask("/api/broker/add", broker="0", **SMALL, volume="data:100")
    wait_until("the agent", lambda: cluster.reservations())
    cluster.freeze(host)
    scheduler.ask("/api/broker/start", broker="0", timeout="0s")
    wait_until("accepted", lambda: scheduler.broker(0).get("task"))
    scheduler.end(signal.SIGKILL)
    assert cluster.running(0) == []
    cluster.thaw(host)
    second = cluster.start_scheduler("second")
    second.wait_connected()
    second.wait_state(0, "running")
    wait_until("broker 0", lambda: cluster.running(0))
    time.sleep(4)  # a second launch would have arrived by now
    assert len(cluster.running(0)) == 1
    assert len([one for one in cluster.reservations()[host] if one.startswith("kafka-0-data")]) == 1


@pytest.mark.skipif(programs.real("mesos"), reason="real ones do not misbehave on demand")
def test_a_scheduler_killed_before_its_accept_arrives_launches_once(cluster: Cluster) -> None:
    host = cluster.start_agent(1)
    scheduler = cluster.start_scheduler()
    scheduler.wait_connected()
    scheduler.ask("/api/broker/add", broker="0", **SMALL, volume="data:100")
    (port,) = cluster.masters
    wait_until("the agent", lambda: cluster.reservations())
    cluster.trouble(port, do="hold_offers", seconds=3)
    scheduler.ask("/api/broker/start", broker="0", timeout="0s")
    stored = cluster.folder / "state.json"
    # Dead as soon as the task is noted: it may or may not have accepted, or heard of it already.
    wait_until("noted", lambda: "launched" in stored.read_text(encoding="utf-8"))
    scheduler.end(signal.SIGKILL)
    second = cluster.start_scheduler("second")
    second.wait_connected()
    second.wait_state(0, "running")
    wait_until("broker 0", lambda: cluster.running(0))
    assert len(cluster.running(0)) == 1
    assert len([one for one in cluster.reservations()[host] if one.startswith("kafka-0-data")]) == 1


@pytest.mark.skipif(programs.real("mesos"), reason="real ones do not misbehave on demand")
def test_updates_that_come_twice_late_and_in_the_wrong_order_change_nothing(cluster: Cluster) -> None:
    cluster.start_agent(1)
    scheduler = cluster.start_scheduler()
    scheduler.wait_connected()
    (port,) = cluster.masters
    for order in ({"do": "duplicate_updates", "count": 20}, {"do": "swap_updates", "count": 3}):
        cluster.trouble(port, **order)
    cluster.trouble(port, do="delay_acknowledgements", seconds=2)
    started(cluster, scheduler, "0..2")
    for number in range(3):
        wait_until(f"broker {number} once", lambda one=number: len(cluster.running(one)) == 1)
    scheduler.ask("/api/broker/stop", broker="*", force="true", timeout="30s")
    wait_until("stopped", lambda: not any(cluster.running(one) for one in range(3)))
    assert {one["state"] for one in scheduler.ask("/api/broker/list")["brokers"]} == {"stopped"}


def test_a_removed_framework_begins_anew(cluster: Cluster) -> None:
    cluster.start_agent(1)
    scheduler = cluster.start_scheduler(framework_timeout="1s")
    started(cluster, scheduler, "0")
    (old,) = wait_until("broker 0", lambda: cluster.running(0))
    scheduler.end(signal.SIGKILL)
    wait_until("Mesos has ended the framework's tasks", lambda: old not in cluster.running(0))
    second = cluster.start_scheduler("second", framework_timeout="1s")
    second.wait_connected()
    second.wait_state(0, "running")
    wait_until("broker 0", lambda: cluster.running(0))
    assert len(cluster.running(0)) == 1


def test_brokers_live_through_a_new_master_and_a_new_scheduler(elected: Callable[[int], Cluster]) -> None:
    cluster = elected(2)
    for number in (1, 2):
        cluster.start_agent(number)
    scheduler = cluster.start_scheduler("first")
    started(cluster, scheduler, "0..1", volume="data:100")
    before = wait_until("both write down that they run", lambda: _all_running(cluster, 2))
    standby = cluster.start_scheduler("standby")
    wait_until("standby answers", lambda: standby.health().get("leader") is False)

    leader = next(port for port in cluster.masters if f":{port}" in _master_of(scheduler))
    cluster.masters.pop(leader).end(signal.SIGKILL)
    wait_until("another master", lambda: f":{leader}" not in _master_of(scheduler))
    scheduler.wait_connected()
    for number in range(2):
        scheduler.wait_state(number, "running")

    scheduler.end(signal.SIGKILL)
    standby.wait_connected()
    for number in range(2):
        standby.wait_state(number, "running")
    assert {one: cluster.running(one) for one in range(2)} == before


def test_another_framework_is_refused_on_the_same_state(elected: Callable[[int], Cluster]) -> None:
    cluster = elected(1)
    cluster.start_scheduler("first").wait_connected()
    other = cluster.start_scheduler("other", framework_name="other")
    wait_until("refused", lambda: other.exit_code() == 1)
    assert "holds the state of framework 'kafka', this one is 'other'" in other.said()


def test_a_scheduler_that_loses_zookeeper_steps_down_and_brokers_run_on(
    elected: Callable[[int], Cluster], ensemble: Ensemble
) -> None:
    cluster = elected(1)
    cluster.start_agent(1)
    scheduler = cluster.start_scheduler("first")
    started(cluster, scheduler, "0")
    before = wait_until("broker 0", lambda: cluster.running(0))
    ensemble[0].kill()
    wait_until("stepped down", lambda: scheduler.exit_code() == 1, 20)
    assert "another scheduler may lead now" in scheduler.said()
    ensemble[0].start()
    ensemble.wait()
    # A master without ZooKeeper ends, as Mesos' own does; whoever supervises it starts another.
    cluster.start_master()
    again = cluster.start_scheduler("again")
    again.wait_connected()
    again.wait_state(0, "running")
    assert cluster.running(0) == before


def _all_running(cluster: Cluster, count: int) -> dict[int, list[int]]:
    """Return the processes of brokers, when each has one."""
    found = {one: cluster.running(one) for one in range(count)}
    return found if all(found.values()) else {}


def _master_of(scheduler: Scheduler) -> str:
    lines = [line for line in scheduler.said().splitlines() if "subscribed with" in line]
    return lines[-1] if lines else ""


def test_a_broker_has_its_volume_still_when_its_hosts_agent_is_a_new_one(cluster: Cluster) -> None:
    host = cluster.start_agent(1)
    scheduler = cluster.start_scheduler()
    started(cluster, scheduler, "0", volume="data:100")
    wait_until("it has written that it runs", lambda: cluster.running(0))
    before = scheduler.broker(0)["volumes"][0]
    # No Kafka answers here that could say whether it may go.
    done = scheduler.ask("/api/broker/stop", broker="0", timeout="60s", force="true")
    assert done["status"] == "stopped", done
    cluster.agents[host].end()
    (cluster.folder / "agent-1/meta/slaves/latest").unlink()
    cluster.start_agent(1)
    scheduler.ask("/api/broker/start", broker="0", timeout="60s")
    after = scheduler.wait_state(0, "running")["volumes"][0]
    assert after["id"] == before["id"]
    assert after["agentId"] != before["agentId"]
    (starts,) = cluster.folder.glob("agent-1/volumes/roles/*/*/starts")
    wait_until("it ran with the same folder twice", lambda: len(starts.read_text().splitlines()) == 2)
