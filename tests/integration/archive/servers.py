"""One broker and one object store on this machine, from the very artifacts that nodes get."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic
from meridian.artifacts.store import Store as Artifacts
from meridian.common import paths
from meridian.services.archive.settings import ArchiverSettings, KafkaAccess, SegmentLimits, StoreAccess

from tests import ports
from tests.waiting import wait_until

_JAVA = ("java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_CLUSTER = "4L6g3nShT-eMCtK--X86sw"


def free_port() -> int:
    """Return a TCP port that nothing listens on."""
    return ports.free(1)[0]


class Servers:
    """The two servers, and archivers that use them.

    :ivar kafka: access to the broker.
    :ivar store: access to the bucket.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        artifacts = Artifacts(paths.repository(), paths.cache())
        made = artifacts.prepare(["kafka", "versitygw"])
        for name, entry in made.items():
            artifacts.unpacked(entry, folder / name)
        self.kafka = KafkaAccess(f"127.0.0.1:{free_port()}")
        endpoint = f"http://127.0.0.1:{free_port()}"
        self.store = StoreAccess("archive", endpoint=endpoint, credentials=str(folder / "credentials.json"))

    def start(self) -> None:
        """Start both and wait until they answer."""
        self._start_store()
        self._start_broker()

    def _start_store(self) -> None:
        for name in ("data", "iam"):
            (self._folder / name).mkdir()
        Path(self.store.credentials).write_text(json.dumps({"access_key": "root", "secret_key": "secret"}))
        settings = {
            "ROOT_ACCESS_KEY_ID": "root",
            "ROOT_SECRET_ACCESS_KEY": "secret",
            "VGW_PORT": self.store.endpoint.removeprefix("http://"),
            "VGW_IAM_DIR": str(self._folder / "iam"),
            "VGW_QUIET": "true",
        }
        program = self._folder / "versitygw" / "bin" / "versitygw"
        self.run("store", [str(program), "posix", str(self._folder / "data")], settings)

    def _start_broker(self) -> None:
        controller = free_port()
        properties = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"INTERNAL://{self.kafka.bootstrap},CONTROLLER://127.0.0.1:{controller}",
            "listener.security.protocol.map": "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "INTERNAL",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self._folder / "log",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 3,
            "group.initial.rebalance.delay.ms": 0,
        }
        file = self._folder / "server.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
        java = [*_JAVA, "-cp", str(self._folder / "kafka" / "libs" / "*")]
        format_storage = [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(file)]
        subprocess.run(format_storage, check=True, capture_output=True)
        self.run("broker", [*java, "kafka.Kafka", str(file)])
        admin = AdminClient(self.kafka.client() | {"log_level": 0})

        def answers() -> bool:
            try:
                return bool(admin.list_topics(timeout=1).brokers)
            except KafkaException:
                return False

        wait_until("the broker answers", answers, 90)

    def create_topic(self, name: str, partitions: int, config: Mapping[str, str] | None = None) -> None:
        """Make a topic that keeps records of any age."""
        admin = AdminClient(self.kafka.client())
        config = {"retention.ms": "-1", **(config or {})}
        admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result()

    def settings(self, name: str, topic: str, group: str) -> ArchiverSettings:
        """Return the settings of an archiver with small and short-lived segments."""
        return ArchiverSettings(
            environment="local",
            region="us-east",
            node=name,
            kafka=self.kafka,
            store=self.store,
            topics=(topic,),
            group=group,
            segment=SegmentLimits(max_records=700, max_bytes=1_000_000, max_age_seconds=0.5),
            discover_seconds=1.0,
            status_file=str(self._folder / f"{name}.status.json"),
        )

    def archiver(self, settings: ArchiverSettings) -> subprocess.Popen[bytes]:
        """Start an archiver."""
        file = self._folder / f"{settings.node}.json"
        file.write_text(json.dumps(settings.to_dict()))
        places = [paths.repository() / "apps" / "archiver", paths.repository() / "modules"]
        command = [sys.executable, "-m", "archiver", "--config", str(file), "run"]
        return self.run(settings.node, command, {"PYTHONPATH": os.pathsep.join(map(str, places))})

    def status(self, settings: ArchiverSettings) -> dict[str, Any]:
        """Return what an archiver says about itself; nothing before it did."""
        try:
            return dict(json.loads(Path(settings.status_file).read_text()))
        except FileNotFoundError:
            return {}

    def run(
        self, name: str, command: list[str], environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program with its output in a file."""
        with (self._folder / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(
                command, env=os.environ | (environment or {}), stdout=output, stderr=subprocess.STDOUT
            )
        self._running.append(process)
        return process

    def stop(self) -> None:
        """End every program that was started."""
        for process in self._running:
            process.kill()
            process.wait()
