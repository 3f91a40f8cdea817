"""Mesos under the scheduler: what the user names, else the double."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration import zookeeper_server
from tests.integration.marathon import programs
from tests.integration.scheduler.scheduler_on_mesos import Cluster


@pytest.fixture(scope="session")
def mesos_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mesos, unpacked: ``bin/mesos-master``, ``bin/mesos-agent``."""
    return programs.unpacked("mesos", tmp_path_factory.mktemp("mesos") / "tree")


@pytest.fixture(scope="session")
def zookeeper_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ZooKeeper's artifact, unpacked."""
    return zookeeper_server.unpacked(tmp_path_factory.mktemp("zookeeper") / "artifact")


@pytest.fixture
def cluster(tmp_path: Path, mesos_tree: Path) -> Iterator[Cluster]:
    """A master that is up, without ZooKeeper; agents are the test's."""
    made = Cluster(tmp_path, mesos_tree)
    try:
        made.start_master()
        yield made
    finally:
        made.close()


@pytest.fixture
def ensemble(tmp_path: Path, zookeeper_tree: Path) -> Iterator[zookeeper_server.Ensemble]:
    """One server of ZooKeeper."""
    with zookeeper_server.ensemble(tmp_path / "zookeeper", zookeeper_tree) as servers:
        yield servers


@pytest.fixture
def elected(
    tmp_path: Path, mesos_tree: Path, ensemble: zookeeper_server.Ensemble
) -> Iterator[Callable[[int], Cluster]]:
    """Makes a cluster of some masters that elect their leader in ZooKeeper."""
    made: list[Cluster] = []

    def make(masters: int) -> Cluster:
        cluster = Cluster(tmp_path, mesos_tree, f"zk://user:zoo-secret@{ensemble.hosts}")
        made.append(cluster)
        for _ in range(masters):
            cluster.start_master()
        return cluster

    try:
        yield make
    finally:
        for one in made:
            one.close()
