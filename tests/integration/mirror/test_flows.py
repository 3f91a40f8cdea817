"""What becomes of records when flows are added, renamed and taken out: each of them arrives once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer
from meridian.services.connect import health
from meridian.services.connect.client import ConnectClient
from meridian.services.kafka import topics
from meridian.services.mirror import handover, ownership, unmanaged
from meridian.services.mirror import plan as mirror
from meridian.services.mirror.connectors import configurations
from meridian.services.mirror.flow import MAY_LACK_TASKS, FlowSpec
from meridian.topology import Layers, expand
from meridian.verification import reading

from tests.integration.kafka.conftest import Lab
from tests.integration.mirror.worker import Worker
from tests.unit.topology.conftest import bent, salt_options, shipped
from tests.waiting import wait_until

__all__ = ["bent", "salt_options", "shipped"]

_SECONDS = 120.0


class Platform:
    """Brokers, a worker, and what a deployment does with the flows of us-east to the centre.

    :ivar sent: keys of what was published, by topic.
    """

    def __init__(self, lab: Lab, worker: Worker, bent: Callable[..., Layers]) -> None:
        self.lab = lab
        self.worker = worker
        self.sent: dict[str, list[bytes]] = {}
        self._bent = bent

    def flows(self, pillar: str) -> list[FlowSpec]:
        """Return the flows that a pillar asks for, ``flows`` of us-east in YAML."""
        made = expand(self._bent(f"overrides: {{us-east: {{flows: {pillar}}}}}"), "local")
        ends = (self.lab.bootstrap, self.lab.bootstrap)
        return [
            FlowSpec(flow.name, flow.source, flow.target, *ends, flow.settings)
            for flow in made.flows
            if flow.source == "us-east"
        ]

    def deploy(self, flows: list[FlowSpec]) -> None:
        """Do what the states of connect.flows and the runner mirror.wait do, and again: nothing is left."""
        client, tls = self.worker.client, self.worker.tls
        for flow in flows:
            mirror.apply(client, flow, tls, mirror.plan(client, flow, tls, flows), flows)
            assert not mirror.plan(client, flow, tls, flows)
        unmanaged.settle(client, [flow.name for flow in flows], "pause")
        self.run(flows)

    def as_before(self, flows: list[FlowSpec]) -> None:
        """Make connectors as the code of 24f8127 did: without our mark, each flow on its own."""
        for flow in flows:
            for name, config in configurations(flow, self.worker.tls).items():
                old = {key: value for key, value in config.items() if key != ownership.MARKER}
                self.worker.client.create(name, old)
        self.run(flows)

    def run(self, flows: list[FlowSpec]) -> None:
        """Wait until all connectors of flows run."""
        kinds = [(kind, name) for flow in flows for kind, name in flow.connectors.items()]
        health.wait_running(
            self.worker.client,
            [name for _, name in kinds],
            [name for kind, name in kinds if kind in MAY_LACK_TASKS],
            _SECONDS,
        )

    def make(self, *names: str) -> None:
        """Make topics."""
        for name in names:
            topics.apply(self.lab.admin, topics.plan_now(self.lab.admin, topics.wanted(name, 3)), _nobody)

    def publish(self, topic: str, count: int) -> None:
        """Publish records that pass the shipped flow's filter."""
        producer = Producer({"bootstrap.servers": self.lab.bootstrap, **self.lab.tls.librdkafka()})
        keys = self.sent.setdefault(topic, [])
        for number in range(len(keys), len(keys) + count):
            keys.append(f"{topic}-{number}".encode())
            producer.produce(topic, b'{"dep_delay":99}', keys[-1])
        assert producer.flush(60) == 0

    def arrived(self, topic: str) -> Counter[bytes]:
        """Return how often each key is in a topic."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.lab.bootstrap,
                "group.id": "test",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                **self.lab.tls.librdkafka(),
            }
        )
        try:
            return Counter(message.key() or b"" for message in reading.whole(consumer, topic))
        finally:
            consumer.close()

    def times(self, topic: str, keys: list[bytes] | None = None) -> set[int]:
        """Return how often records of a topic arrived at the centre, once all and a last mark have."""
        keys = self.sent[topic] if keys is None else keys
        self.publish(topic, 30)
        marks = self.sent[topic][-30:]
        name = f"us-east.{topic}"
        wait_until("all have arrived", lambda: not set(marks) - set(self.arrived(name)), _SECONDS)
        found = self.arrived(name)
        assert not set(keys) - set(found), "records were lost"
        return {found[key] for key in keys}

    def states(self) -> dict[str, str]:
        """Return the state of each source connector."""
        seen = self.worker.client.connectors()
        return {
            name.removesuffix(".source"): ownership.state(entry)
            for name, entry in seen.items()
            if name.endswith(".source")
        }


def _nobody(*_: Any) -> None:
    raise AssertionError("no partition has to be moved")


@pytest.fixture
def platform(lab: Lab, worker: Worker, bent: Callable[..., Layers]) -> Iterator[Platform]:
    """The platform, whose connectors end with the test."""
    yield Platform(lab, worker, bent)
    handover.delete(worker.client, worker.client.connectors())
    wait_until("no connector is left", lambda: not worker.client.connectors())


def streaming(platform: Platform, topic: str, until: threading.Event) -> threading.Thread:
    """Publish without a pause while something else is done."""

    def publish() -> None:
        while not until.wait(0.05):
            platform.publish(topic, 20)

    thread = threading.Thread(target=publish)
    thread.start()
    return thread


def deploy_under_traffic(platform: Platform, topic: str, flows: list[FlowSpec]) -> None:
    done = threading.Event()
    thread = streaming(platform, topic, done)
    try:
        platform.deploy(flows)
    finally:
        done.set()
        thread.join()


def test_a_second_flow_leaves_the_first_one_alone(platform: Platform) -> None:
    platform.make("one", "odd")
    platform.deploy(platform.flows("{central: {topics: [one]}}"))
    platform.publish("one", 300)
    before = platform.worker.client.connectors()
    more = "{central: {topics: [one]}, plain: {target: central, topics: [odd]}}"
    deploy_under_traffic(platform, "one", platform.flows(more))
    platform.publish("odd", 200)
    assert (platform.times("one"), platform.times("odd")) == ({1}, {1})
    after = platform.worker.client.connectors()
    assert {name: after[name]["config"] for name in before} == {
        name: entry["config"] for name, entry in before.items()
    }
    # Each flow's heartbeats connector would bring those of the other as well.
    assert sum(platform.arrived("us-east.heartbeats").values()) <= sum(
        platform.arrived("heartbeats").values()
    )


class KilledError(Exception):
    """The deployment ends here."""


def killed(*_: Any) -> None:
    raise KilledError


def test_a_flow_named_by_the_code_of_before_is_taken_over_without_a_double(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was alone, so it was named without its key; now it has its own name, and another one beside it.

    The first deployment is killed before the position is written.
    """
    platform.make("two", "odd-two")
    flows = platform.flows(
        "{central: null, main: {target: central, topics: [two]}, plain: {target: central, topics: [odd-two]}}"
    )
    assert [flow.name for flow in flows] == ["us-east-to-central-main", "us-east-to-central-plain"]
    platform.as_before([replace(flows[0], name="us-east-to-central")])
    platform.publish("two", 500)
    assert platform.times("two") == {1}
    with monkeypatch.context() as patch:
        patch.setattr(ConnectClient, "set_offsets", killed)
        with pytest.raises(KilledError):
            deploy_under_traffic(platform, "two", flows)
    assert platform.states() == {"us-east-to-central": "STOPPED", "us-east-to-central-main": "STOPPED"}
    deploy_under_traffic(platform, "two", flows)
    platform.publish("odd-two", 100)
    assert (platform.times("two"), platform.times("odd-two")) == ({1}, {1})
    assert platform.states() == {
        "us-east-to-central": "STOPPED",
        "us-east-to-central-main": "RUNNING",
        "us-east-to-central-plain": "RUNNING",
    }


def test_a_platform_whose_records_doubled_stops_doubling(platform: Platform) -> None:
    """The code of before had left the first flow's connectors running beside its new ones."""
    platform.make("three")
    flows = platform.flows("{central: {topics: [three]}}")
    platform.as_before(flows)
    platform.publish("three", 200)
    platform.as_before([replace(flows[0], name="us-east-to-central-central")])
    wait_until("they have doubled", lambda: 2 in platform.times("three"))
    platform.deploy(flows)
    old = len(platform.sent["three"])
    platform.publish("three", 200)
    assert platform.times("three", platform.sent["three"][old:]) == {1}
    assert platform.states() == {"us-east-to-central": "RUNNING", "us-east-to-central-central": "STOPPED"}


def test_a_filtered_flow_keeps_its_place_behind_records_that_it_stopped(platform: Platform) -> None:
    """The filter's own connector, whose position runs ahead of what arrives."""
    platform.make("four")
    condition = "{condition: {field: dep_delay, greater: 15}, on_malformed: drop}"
    flows = platform.flows(f"{{central: null, a: {{target: central, topics: [four], filter: {condition}}}}}")
    platform.deploy(flows)
    platform.publish("four", 100)
    assert platform.times("four") == {1}
    renamed = platform.flows(
        f"{{central: null, b: {{target: central, topics: [four], filter: {condition}}}}}"
    )
    deploy_under_traffic(platform, "four", renamed)
    assert platform.times("four") == {1}
    assert platform.states() == {"us-east-to-central-a": "STOPPED", "us-east-to-central-b": "RUNNING"}
