"""Real Kafka brokers as tasks: restarted one after the other, while records are written and none is lost."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from meridian.services.kafka import cluster as kafka_cluster

from tests.integration import zookeeper_server
from tests.integration.scheduler.scheduler_on_mesos import Cluster, Process, Scheduler, free_port
from tests.waiting import wait_until

_PATIENCE = 240.0
_CLUSTER_ID = "bWVyaWRpYW4tdGVzdHMtMQ"
_JAVA = "java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.level=ERROR"
_COMMON = """\
node.id={node}
process.roles={role}
controller.quorum.voters=1000@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
offsets.topic.replication.factor=3
"""
_LAUNCHER = """#!/bin/sh
set -eu
mkdir -p "$KAFKA_DATA"
cat > server.properties <<END
{common}listeners=INTERNAL://$KAFKA_ADVERTISED_HOST:$KAFKA_PORT_INTERNAL
inter.broker.listener.name=INTERNAL
log.dirs=$PWD/$KAFKA_DATA/log
$KAFKA_OPTIONS
END
if [ ! -s "$KAFKA_DATA/log/meta.properties" ]; then
  {java} -Xmx96m @{arguments} kafka.tools.StorageTool format --cluster-id {id} --config server.properties
fi
exec {java} -Xmx"$KAFKA_HEAP_MB"m @{arguments} kafka.Kafka server.properties
"""


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Java argument file with Kafka's class path."""
    tree = zookeeper_server.unpacked(tmp_path_factory.mktemp("kafka") / "artifact", "kafka")
    return tree / "classpath.args"


@pytest.fixture
def scheduler(cluster: Cluster, arguments: Path) -> Iterator[Scheduler]:
    """A scheduler whose three brokers run, each with a volume on a host of its own, and a controller."""
    port = free_port()
    folder = cluster.folder / "controller"
    folder.mkdir()
    config = folder / "server.properties"
    common = _COMMON.format(node=1000, role="controller", controller=port)
    config.write_text(
        f"{common}listeners=CONTROLLER://127.0.0.1:{port}\nlog.dirs={folder}/data\n", encoding="utf-8"
    )
    java = [*_JAVA.split(), f"@{arguments}"]
    format_it = ["kafka.tools.StorageTool", "format", f"--cluster-id={_CLUSTER_ID}", f"--config={config}"]
    subprocess.run([*java, *format_it], check=True, capture_output=True)
    controller = Process("controller", cluster.folder, [*java, "-Xmx128m", "kafka.Kafka", str(config)])
    broker = _COMMON.format(node="$KAFKA_BROKER_ID", role="broker", controller=port)
    text = _LAUNCHER.format(common=broker, java=_JAVA, arguments=arguments, id=_CLUSTER_ID)
    cluster.launcher.write_text(text, encoding="utf-8")
    try:
        for number in (1, 2, 3):
            cluster.start_agent(number)
        made = cluster.start_scheduler(stop_timeout="60s", started="registered")
        made.wait_connected()
        options = {"cpus": "1", "mem": "700", "heap": "256", "volume": "data:500", "failoverDelay": "1s"}
        made.ask("/api/broker/add", broker="0..2", **options, constraints="hostname=unique")
        started = made.ask("/api/broker/start", broker="0..2", timeout="90s")
        assert started["status"] == "started", started
        yield made
        made.ask("/api/broker/stop", broker="*", force="true", timeout="60s")
    finally:
        controller.end()


def endpoints(scheduler: Scheduler) -> str:
    brokers = scheduler.ask("/api/broker/list")["brokers"]
    return ",".join(one["task"]["endpoint"] for one in brokers if one.get("task"))


class Writer:
    """Writes numbers to a topic until told to stop; keeps those that Kafka has confirmed."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.confirmed: set[int] = set()
        self._stop = threading.Event()
        self._topic = topic
        settings = {"bootstrap.servers": bootstrap, "acks": "all", "enable.idempotence": True, "linger.ms": 5}
        self._producer = Producer(settings)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(0.005):
            self._producer.produce(self._topic, str(number), on_delivery=self._done)
            self._producer.poll(0)
            number += 1

    def _done(self, error: Any, message: Any) -> None:
        if error is None:
            self.confirmed.add(int(message.value()))

    def stop(self) -> set[int]:
        self._stop.set()
        self._thread.join()
        assert self._producer.flush(60) == 0
        return self.confirmed


def read(bootstrap: str, topic: str, partitions: int) -> list[int]:
    settings = {"bootstrap.servers": bootstrap, "group.id": "r", "enable.partition.eof": True}
    reader = Consumer(settings | {"auto.offset.reset": "earliest"})
    reader.assign([TopicPartition(topic, one, 0) for one in range(partitions)])
    found, ended = [], 0
    while ended < partitions:
        message = reader.poll(30)
        assert message is not None
        if message.error():
            ended += 1
        else:
            found.append(int(message.value()))
    reader.close()
    return found


@pytest.mark.long("platform/test_mesos.py has a changed setting roll them in every run")
def test_brokers_are_restarted_one_after_the_other_and_nothing_is_lost(
    cluster: Cluster, scheduler: Scheduler
) -> None:
    bootstrap = endpoints(scheduler)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    topic = NewTopic("numbers", 3, 3, config={"min.insync.replicas": "2"})
    # Mesos says that a task runs when its process does; Kafka takes some seconds more.
    kafka_cluster.wait_healthy(admin, [0, 1, 2], _PATIENCE)
    admin.create_topics([topic])["numbers"].result(_PATIENCE)
    kafka_cluster.wait_healthy(admin, [0, 1, 2], _PATIENCE)
    writer = Writer(bootstrap, "numbers")
    wait_until("records are written", lambda: len(writer.confirmed) > 100, _PATIENCE)
    before = {one["id"]: one["task"]["id"] for one in scheduler.ask("/api/broker/list")["brokers"]}
    ends: list[tuple[str, ...]] = []
    seen = threading.Event()

    def watch() -> None:
        while not seen.wait(0.2):
            down = tuple(
                one["id"] for one in scheduler.ask("/api/broker/list")["brokers"] if one["state"] != "running"
            )
            ends.append(down)

    watcher = threading.Thread(target=watch)
    watcher.start()
    done = scheduler.ask("/api/broker/restart", broker="*", timeout="600s")
    seen.set()
    watcher.join()
    assert done["status"] == "restarted", done
    assert max(len(one) for one in ends) == 1
    after = {one["id"]: one["task"]["id"] for one in scheduler.ask("/api/broker/list")["brokers"]}
    assert not set(before.values()) & set(after.values())
    assert [one["needsRestart"] for one in scheduler.ask("/api/broker/list")["brokers"]] == [False] * 3

    # One more may not go down while another is.
    scheduler.ask("/api/broker/stop", broker="0", timeout="300s")
    refused = scheduler.ask("/api/broker/stop", broker="1", timeout="10s")
    assert refused["status"] == "timeout"
    assert "would have 1 replicas in sync, and needs 2" in refused["message"]
    plan = refused["plan"]
    scheduler.ask("/api/plan/cancel", plan=plan)
    scheduler.ask("/api/broker/start", broker="0", timeout="60s")

    confirmed = writer.stop()
    kafka_cluster.wait_healthy(admin, [0, 1, 2], _PATIENCE)
    found = read(endpoints(scheduler), "numbers", 3)
    assert confirmed <= set(found)
    assert len(found) == len(set(found))
