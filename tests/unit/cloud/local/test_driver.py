import io
import tarfile
from typing import Any

import pytest
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.types import NodeState
from meridian.cloud.local import networks
from meridian.cloud.local.allocation import Allocation
from meridian.cloud.local.container import File
from meridian.cloud.local.driver import LocalNodeDriver
from meridian.cloud.providers.table import adapter
from meridian.common.errors import MeridianError
from meridian.topology.addressing import LocalNetwork

from tests.doubles.docker_engine import Engine, network

NETWORKS: list[dict[str, Any]] = [
    {"network": "management", "address": "10.230.0.10"},
    {"network": "data", "address": "10.230.16.10", "aliases": ["kafka-1"]},
]


@pytest.fixture
def driver(engine: Engine) -> LocalNodeDriver:
    found = adapter("local").connect("local", None, None, {"ex_platform": "0badcafe", "ex_client": engine})
    assert isinstance(found, LocalNodeDriver)
    return found


def _create(driver: LocalNodeDriver, name: str = "kafka-1.east.test", **more: Any) -> Any:
    size, image = driver.list_sizes()[0], driver.list_images()[0]
    return driver.create_node(
        name, size, image, ex_environment="test", ex_networks=NETWORKS, ex_tags={"zone": "a"}, **more
    )


def test_node_is_listed_under_its_id_with_both_addresses(driver: LocalNodeDriver) -> None:
    _create(driver)
    [node] = driver.list_nodes()
    assert (node.name, node.state) == ("kafka-1.east.test", NodeState.RUNNING)
    assert sorted(node.private_ips) == ["10.230.0.10", "10.230.16.10"]
    assert node.extra["tags"] == {"zone": "a"}


def test_files_are_in_the_node_before_it_starts(driver: LocalNodeDriver, engine: Engine) -> None:
    node = _create(driver, ex_files={"/etc/salt/minion": File(b"id: x\n")})
    with tarfile.open(fileobj=io.BytesIO(engine.unpacked[node.id])) as tar:
        assert {"etc/salt/minion", "usr/local/sbin/meridian-init"} <= set(tar.getnames())


def test_user_data_and_key_are_in_the_node_before_it_starts(driver: LocalNodeDriver, engine: Engine) -> None:
    plain, seeded = (
        _create(driver),
        _create(driver, "b", ex_userdata="#cloud-config", ex_ssh_key="ssh-ed25519 A"),
    )
    names = []
    for node in (plain, seeded):
        with tarfile.open(fileobj=io.BytesIO(engine.unpacked[node.id])) as tar:
            names.append(set(tar.getnames()))
    woken = {"var/lib/cloud/seed/nocloud/user-data", "root/.ssh/authorized_keys"}
    assert woken <= names[1]
    assert not woken & names[0]


def test_node_that_does_not_start_leaves_nothing_behind(driver: LocalNodeDriver, engine: Engine) -> None:
    engine.refuse["kafka-1.east.test.0badcafe"] = "no space left on device"
    with pytest.raises(BaseHTTPError, match="no space left on device"):
        _create(driver)
    assert driver.list_nodes() == []


def test_other_platforms_nodes_are_not_seen(driver: LocalNodeDriver, engine: Engine) -> None:
    _create(driver)
    assert LocalNodeDriver(ex_platform="deadbeef", ex_client=engine).list_nodes() == []


def test_node_that_never_started_is_told_from_a_stopped_one(driver: LocalNodeDriver, engine: Engine) -> None:
    node = _create(driver)
    driver.stop_node(node)
    assert driver.list_nodes()[0].state == NodeState.STOPPED
    engine.containers_by_id[node.id]["State"] = "created"
    assert driver.list_nodes()[0].state == NodeState.PENDING


def test_destroying_twice_is_fine(driver: LocalNodeDriver) -> None:
    node = _create(driver)
    assert driver.destroy_node(node)
    assert driver.destroy_node(node)


def test_newest_image_comes_first(driver: LocalNodeDriver) -> None:
    assert [image.name for image in driver.list_images()] == ["meridian-node:two", "meridian-node:one"]


def test_unknown_provider_is_named() -> None:
    with pytest.raises(MeridianError, match="'nimbus_9'"):
        adapter("nimbus_9")


def test_networks_are_made_once_and_with_the_contracts_addresses(engine: Engine) -> None:
    given = Allocation(LocalNetwork("10.230.0.0/16", 1), "0badcafe")
    assert networks.ensure_regions(given, "test", ["east", "west"], engine) == ["east", "west"]
    assert networks.ensure_regions(given, "test", ["east", "west"], engine) == []
    assert [n.attrs["IPAM"]["Config"][0]["Subnet"] for n in engine.known_networks] == [
        "10.230.32.0/24",
        "10.230.33.0/24",
    ]


def test_network_in_others_hands_is_one_clear_line(engine: Engine) -> None:
    engine.known_networks.append(network("foreign", "10.230.0.0/20"))
    given = Allocation(LocalNetwork("10.230.0.0/16", 0), "0badcafe")
    with pytest.raises(MeridianError, match=r"10\.230\.0\.0/20 is in use on this host \(Pool overlaps"):
        networks.ensure_management(given, engine)
