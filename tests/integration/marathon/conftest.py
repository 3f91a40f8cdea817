"""One cluster for all tests of Marathon; each test has apps of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian.services.marathon.client import MarathonClient

from tests.integration import zookeeper_server
from tests.integration.marathon import programs
from tests.integration.marathon.lab import Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start ZooKeeper, a master, three agents and two Marathons."""
    folder = tmp_path_factory.mktemp("marathon")
    artifact = zookeeper_server.unpacked(folder / "zookeeper")
    mesos = programs.unpacked("mesos", folder / "mesos")
    marathon = programs.unpacked("marathon", folder / "marathon")
    with zookeeper_server.ensemble(folder / "ensemble", artifact) as servers:
        cluster = Lab(Path(folder) / "lab", servers, mesos, marathon)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture
def client(lab: Lab) -> Iterator[MarathonClient]:
    """Return a client, and take all apps away afterwards."""
    lab.ready()
    client = lab.client()
    yield client
    lab.clear()
