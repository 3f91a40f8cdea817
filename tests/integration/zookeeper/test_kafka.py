"""Brokers of Kafka 3.9 that keep their metadata in an ensemble: topics, restarts, a mirror to a Kafka 4.x."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer
from meridian.common.tls import Tls
from meridian.services.kafka import client, cluster, reassignment, roll, topics
from meridian.topology.kafka_mode import MODES, ZOOKEEPER

from tests.integration.kafka import machines as kafka
from tests.integration.zookeeper.conftest import UP_SECONDS, refused
from tests.integration.zookeeper.machines import Ensemble
from tests.integration.zookeeper_server import unpacked
from tests.waiting import wait_until

_MIRROR = "org.apache.kafka.connect.mirror.MirrorMaker"
_RECORDS = 500


class Lab:
    """Three brokers.

    :ivar arguments: the Java argument file with their class path.
    """

    def __init__(self, machines: list[kafka.Machine], tls: Tls, arguments: Path) -> None:
        self.machines = {one.id: one for one in machines}
        self.nodes = {one.id: f"kafka-{one.id}" for one in machines}
        self.tls = tls
        self.arguments = arguments
        self.bootstrap = machines[0].settings["bootstrap_internal"]
        self.admin = client.admin(self.bootstrap, tls)

    def rolled(self) -> tuple[dict[str, str], list[int]]:
        """Do what ``kafka.roll`` does for a cluster; return its changes, and the brokers in their order."""
        restarted: list[int] = []
        by_node = {node: self.machines[number] for number, node in self.nodes.items()}

        def restart(node: str) -> None:
            restarted.append(by_node[node].id)
            by_node[node].stop()
            by_node[node].start()

        answers = {number: machine.pending() for number, machine in self.machines.items()}
        done = roll.roll(
            self.admin,
            self.nodes,
            answers,
            restart,
            lambda node: by_node[node].last_log_line(),
            deadline=UP_SECONDS,
            mode=ZOOKEEPER,
        )
        return done, restarted


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kafka 3.9, unpacked."""
    return unpacked(tmp_path_factory.mktemp("kafka-3.9") / "artifact", MODES[ZOOKEEPER].artifact)


@pytest.fixture(scope="module")
def lab(
    ensemble: Ensemble, identity: Path, artifact: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """Three brokers that are up."""
    made, tls = kafka.machines(
        tmp_path_factory.mktemp("brokers"),
        artifact,
        identity,
        {
            "mode": ZOOKEEPER,
            "artifact": MODES[ZOOKEEPER].artifact,
            "zookeeper": f"{ensemble.hosts()}/kafka",
            "zookeeper_password": ensemble.users["kafka"],
        },
    )
    try:
        for machine in made:
            machine.start()
        lab = Lab(made, tls, artifact / "classpath.args")
        try:
            cluster.wait_healthy(lab.admin, list(lab.machines), UP_SECONDS)
        except cluster.NotHealthy as problem:
            raise AssertionError(f"{problem}; {made[0].last_log_line()}") from problem
        yield lab
    finally:
        for machine in made:
            machine.stop(signal.SIGKILL)


def have(lab: Lab, topic: topics.Topic) -> dict[str, object]:
    """Do what ``kafka_topic.present`` does on a node; return the changes."""
    todo = topics.plan_now(lab.admin, topic)
    tool = reassignment.JavaTool(lab.bootstrap, lab.tls, lab.arguments)
    if todo:
        topics.apply(
            lab.admin,
            todo,
            lambda name, to: reassignment.reassign(lab.admin, tool, name, to, 50 * 2**20, 120),
        )
    return todo.changes()


def test_what_brokers_write_to_the_ensemble_is_theirs(lab: Lab, ensemble: Ensemble) -> None:
    with ensemble.client("mesos") as other:
        assert refused(lambda: other.get_children("/kafka")) == "NoAuthError"
        assert refused(lambda: other.set("/kafka/brokers/ids/1", b"{}")) == "NoAuthError"
        assert refused(lambda: other.get("/kafka/config/users")) == "NoAuthError"
    with ensemble.client("admin") as admin:
        assert sorted(admin.get_children("/kafka/brokers/ids")) == ["1", "2", "3"]
        broker = json.loads(admin.get("/kafka/brokers/ids/1")[0])
        assert all(endpoint.split("://")[0] in ("INTERNAL", "EXTERNAL") for endpoint in broker["endpoints"])


def test_topics_are_made_grown_set_and_moved(lab: Lab) -> None:
    def spread(topic: str) -> bool:
        """Whether each of its partitions has three replicas, by whichever broker answers."""
        there = topics.read(lab.admin, topic)
        return there is not None and {len(set(ids)) for ids in there.partitions.values()} == {3}

    wanted = topics.wanted("flights", 4, config={"retention.ms": 3600000})
    assert set(have(lab, wanted)) == {"topic"}
    wait_until("nothing is left to do", lambda: not topics.plan_now(lab.admin, wanted), UP_SECONDS)
    wait_until("each partition has three replicas", lambda: spread("flights"), UP_SECONDS)
    wanted = topics.wanted("flights", 6, config={"retention.ms": 7200000})
    assert set(have(lab, wanted)) == {"partitions", "retention.ms"}
    wait_until("nothing is left to do", lambda: not topics.plan_now(lab.admin, wanted), UP_SECONDS)

    have(lab, topics.wanted("moved", 2, replication_factor=2, min_insync_replicas=1))
    have(lab, topics.wanted("moved", 2, replication_factor=3))
    wait_until("each partition has three replicas", lambda: spread("moved"), UP_SECONDS)


@pytest.mark.long("kafka/test_roll.py has the same roll with KRaft in every run")
def test_only_what_needs_it_is_restarted_one_by_one_and_the_active_controller_last(lab: Lab) -> None:
    assert lab.rolled() == ({}, [])
    for machine in lab.machines.values():
        machine.settings["config"] = machine.settings["config"] | {"message.max.bytes": 2000000}
        machine.apply()
    assert lab.rolled() == (dict.fromkeys(lab.nodes.values(), "set message.max.bytes=2000000"), [])

    for machine in lab.machines.values():
        machine.settings["config"] = machine.settings["config"] | {"queued.max.requests": 400}
        machine.apply()
    controller = cluster.controller(lab.admin)
    done, order = lab.rolled()
    assert set(done.values()) == {"CONFIG queued.max.requests"}
    assert sorted(order) == [1, 2, 3]
    assert order[-1] == controller
    assert lab.rolled() == ({}, [])


@pytest.fixture(scope="module")
def centre(identity: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A small cluster of Kafka 4.x: its bootstrap address and class path."""
    artifact = unpacked(tmp_path_factory.mktemp("kafka-4") / "artifact", "kafka")
    made, tls = kafka.machines(tmp_path_factory.mktemp("centre"), artifact, identity)
    try:
        for machine in made:
            machine.start()
        bootstrap = made[0].settings["bootstrap_internal"]
        cluster.wait_healthy(client.admin(bootstrap, tls), [one.id for one in made], UP_SECONDS)
        yield bootstrap, artifact / "classpath.args"
    finally:
        for machine in made:
            machine.stop(signal.SIGKILL)


@pytest.mark.long("local-search mirrors from such brokers in every run")
def test_records_are_mirrored_to_a_kafka_of_today(lab: Lab, centre: tuple[str, Path], tmp_path: Path) -> None:
    """With MirrorMaker of the newest Kafka, as the centre has it; keys, values and headers are the same."""
    bootstrap, arguments = centre
    have(lab, topics.wanted("flights", 6, config={"retention.ms": 7200000}))
    producer = Producer({"bootstrap.servers": lab.bootstrap, **lab.tls.librdkafka()})
    for number in range(_RECORDS):
        producer.produce("flights", f"value {number}", f"key {number}", headers={"origin": b"eu"})
    assert producer.flush(60) == 0

    settings = tmp_path / "mirror.properties"
    lines = {
        "clusters": "source, target",
        "source.bootstrap.servers": lab.bootstrap,
        "target.bootstrap.servers": bootstrap,
        "source->target.enabled": "true",
        "source->target.topics": "flights",
        "refresh.topics.interval.seconds": "5",
        **{f"{name}.{key}": value for name in ("source", "target") for key, value in lab.tls.java().items()},
        "header.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
    }
    settings.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
    with (tmp_path / "log").open("wb") as log:
        mirror = subprocess.Popen(
            ["java", "-Xmx256m", "-XX:+UseSerialGC", f"@{arguments}", _MIRROR, str(settings)],
            stdout=log,
            stderr=log,
        )
    try:
        found = consumed(bootstrap, lab.tls, "source.flights")
    finally:
        mirror.kill()
        mirror.wait(30)
    assert found == {(f"key {number}", f"value {number}", (("origin", b"eu"),)) for number in range(_RECORDS)}


def consumed(bootstrap: str, tls: Tls, topic: str) -> set[tuple[str, str, tuple[tuple[str, bytes], ...]]]:
    """Return the records of a topic, once all are there."""
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": "test",
        "auto.offset.reset": "earliest",
        "topic.metadata.refresh.interval.ms": 1000,
        **tls.librdkafka(),
    }
    consumer = Consumer(settings)
    consumer.subscribe([topic])
    found: set[tuple[str, str, tuple[tuple[str, bytes], ...]]] = set()
    until = time.monotonic() + UP_SECONDS
    try:
        while len(found) < _RECORDS and time.monotonic() < until:
            record = consumer.poll(1.0)
            if record is not None and record.error() is None:
                found.add((record.key().decode(), record.value().decode(), tuple(record.headers() or ())))
    finally:
        consumer.close()
    return found
