"""A real cluster of three brokers with TLS, without a platform around it."""

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from meridian.artifacts.store import Store
from meridian.common import paths
from meridian.common.tls import Tls
from meridian.services.kafka import client, cluster

from tests.integration.kafka.machines import Machine, machines

_UP_SECONDS = 120
# The scheduler is an application of its own; its operations on topics are tested here.
sys.path.insert(0, str(Path(__file__).parents[3] / "apps" / "kafka-scheduler"))


class Lab:
    """The cluster under test.

    :ivar arguments: the Java argument file with the class path.
    """

    def __init__(self, machines: list[Machine], tls: Tls, arguments: Path) -> None:
        self.machines = {one.id: one for one in machines}
        self.tls = tls
        self.arguments = arguments
        self.bootstrap = machines[0].settings["bootstrap_internal"]
        self.admin: AdminClient = client.admin(self.bootstrap, tls)
        self.nodes = {one.id: f"kafka-{one.id}" for one in machines}

    def healthy(self) -> cluster.Cluster:
        """Wait until all is well."""
        return cluster.wait_healthy(self.admin, list(self.machines), _UP_SECONDS)


@pytest.fixture(scope="session")
def kafka_artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kafka artifact, unpacked, its class path pointing to where it is."""
    if not shutil.which("java"):
        pytest.skip("no java on this machine; brokers on nodes bring their own")
    store = Store(paths.repository(), paths.cache())
    tree = store.unpacked(store.prepare(["kafka"])["kafka"], tmp_path_factory.mktemp("kafka") / "artifact")
    arguments = tree / "classpath.args"
    text = arguments.read_text(encoding="utf-8")
    arguments.unlink()
    arguments.write_text(text.replace("/opt/meridian/kafka/current", str(tree)), encoding="utf-8")
    return tree


@pytest.fixture(scope="package")
def lab(kafka_artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Three brokers that are up."""
    made, tls = machines(tmp_path_factory.mktemp("brokers"), kafka_artifact)
    try:
        for machine in made:
            machine.start()
        cluster_under_test = Lab(made, tls, kafka_artifact / "classpath.args")
        cluster_under_test.healthy()
        yield cluster_under_test
    finally:
        for machine in made:
            # A controlled shutdown of all three would wait for a quorum that is gone.
            machine.stop(signal.SIGKILL)
