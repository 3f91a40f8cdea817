"""The supervisor beside a real worker: what failed for a moment comes back, nothing else is touched."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka import Producer
from meridian.services.connect.supervisor import service
from meridian.services.connect.supervisor.rest import OwnWorker
from meridian.services.connect.supervisor.supervision import Supervision

from tests.integration.mirror.test_flows import Platform, platform
from tests.unit.topology.conftest import bent, salt_options, shipped
from tests.waiting import wait_until

__all__ = ["bent", "platform", "salt_options", "shipped"]


@contextmanager
def supervisor(platform: Platform) -> Iterator[list[dict[str, Any]]]:
    """Run it beside the worker; yields what it tells, the newest last."""
    [url] = platform.worker.client.workers
    address = url.removeprefix("https://")
    told: list[dict[str, Any]] = []
    stop = threading.Event()
    arguments = (OwnWorker(address, platform.worker.tls), Supervision(address), told.append, stop, 0.5)
    thread = threading.Thread(target=service.run, args=arguments)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def fails(platform: Platform, connector: str) -> Callable[[], bool]:
    def seen() -> bool:
        return any(task["state"] == "FAILED" for task in platform.worker.client.status(connector)["tasks"])

    return seen


def fence(platform: Platform, connector: str) -> None:
    """Take its transactional id away from each task, as a second instance would after a cut link."""
    brokers = {"bootstrap.servers": platform.lab.bootstrap, **platform.lab.tls.librdkafka()}
    for task in platform.worker.client.status(connector)["tasks"]:
        name = f"connect-{connector}-{task['id']}"
        Producer({**brokers, "transactional.id": name}).init_transactions(60)


def test_what_failed_for_a_moment_comes_back_and_what_is_paused_stays(platform: Platform) -> None:
    platform.make("five")
    flows = platform.flows("{central: {topics: [five]}}")
    platform.deploy(flows)
    platform.publish("five", 100)
    assert platform.times("five") == {1}
    names = flows[0].connectors
    platform.worker.client.pause(names["checkpoint"])
    fence(platform, names["source"])
    platform.publish("five", 100)
    wait_until("the task has failed", fails(platform, names["source"]), explain=platform.worker.last_lines)
    with supervisor(platform) as told:
        assert platform.times("five") == {1}
        wait_until("nothing fails", lambda: not told[-1]["problems"])
        for part in told[-1]["parts"]:
            assert (part["connector"], part["cause"]) == (names["source"], "passes")
            assert part["restarts"] >= 1
        assert platform.worker.client.status(names["checkpoint"])["connector"]["state"] == "PAUSED"


def test_a_record_that_cannot_be_taken_is_told_and_not_tried_again_and_again(platform: Platform) -> None:
    platform.make("six")
    flows = platform.flows("{central: {topics: [six], on_impossible: fail}}")
    platform.deploy(flows)
    source = flows[0].connectors["source"]
    client = platform.worker.client
    small = {"transforms.impossible.max.bytes": "2000"}
    client.update(source, {**client.connectors()[source]["config"], **small})
    producer = Producer({"bootstrap.servers": platform.lab.bootstrap, **platform.lab.tls.librdkafka()})
    producer.produce("six", b'{"dep_delay":99,"more":"%s"}' % (b"x" * 5000))
    assert producer.flush(60) == 0
    wait_until("the task has failed", fails(platform, source), explain=platform.worker.last_lines)
    with supervisor(platform) as told:
        wait_until("it has looked a few times", lambda: len(told) > 10)
        [part] = told[-1]["parts"]
        assert (part["failed"], part["cause"], part["restarts"]) == (True, "stays", 0)
        assert "DataException: record of topic six" in part["reason"]
        assert "DataException: record of topic six" in told[-1]["problems"][0]
