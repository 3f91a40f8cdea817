"""One cluster for all tests of Mesos, of the tarball that a setting names, else of the double."""

from collections.abc import Iterator

import pytest

from tests.integration import zookeeper_server
from tests.integration.marathon import programs
from tests.integration.mesos.framework import Framework
from tests.integration.mesos.lab import Lab, opened
from tests.waiting import wait_until


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start ZooKeeper, three masters and two agents."""
    folder = opened(tmp_path_factory.mktemp("mesos"))
    artifact = zookeeper_server.unpacked(folder / "zookeeper")
    mesos = programs.unpacked("mesos", folder / "mesos")
    with zookeeper_server.ensemble(folder / "ensemble", artifact) as servers:
        lab = Lab(folder / "lab", servers.hosts, mesos)
        try:
            lab.start()
            yield lab
        finally:
            lab.stop()


@pytest.fixture
def lab(cluster: Lab) -> Lab:
    """The cluster, whole again after what the test before has done to it."""
    cluster.start()
    return cluster


@pytest.fixture
def framework(lab: Lab) -> Iterator[Framework]:
    """A framework that has subscribed; its tasks are gone afterwards."""
    one = lab.framework()
    assert one.subscribe().status_code == 200
    try:
        yield one
    finally:
        one.leave()
        if any(each["framework_info"]["id"]["value"] == one.id for each in lab.operator().frameworks()):
            lab.operator().call("TEARDOWN", framework_id={"value": one.id})
        wait_until("its tasks have ended", lambda: not lab.processes(one.id), 20)
