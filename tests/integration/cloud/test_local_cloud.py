"""The local cloud on a real engine: machines, their networks, the distance between regions, and no remains.

No Salt master takes part; what is under test is what lies below it.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from meridian.cloud import spec
from meridian.cloud.local import allocation, engine, image, networks, wan
from meridian.cloud.local.container import File
from meridian.cloud.local.driver import LocalNodeDriver
from meridian.common import paths
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Addresses, Node, Region, Topology

SETTINGS = {
    "kafka": {"ports": {"external": 9094}},
    "objectstore": {"port": 7070},
    "sizes": {"small": {"memory_mb": 256}},
}
SERVE = """
import socket
listening = socket.create_server(("0.0.0.0", 9094))
while True:
    connection, _ = listening.accept()
    connection.recv(4)
    connection.sendall(b"pong")
    connection.close()
"""
ASK = """
import socket, sys, time
started = time.monotonic()
with socket.create_connection((sys.argv[1], 9094), timeout=3) as connection:
    connection.sendall(b"ping")
    assert connection.recv(4) == b"pong"
print(round((time.monotonic() - started) * 1000))
"""


class Ground:
    """Two regions with a node each, and the WAN between them."""

    def __init__(self, client: Any, tag: str) -> None:
        self.client, self.tag = client, tag
        self.given = allocation.ensure("ground", client=client)
        self.topology = _topology(self.given.addresses)
        self.driver = LocalNodeDriver(
            ex_platform=self.given.platform, ex_client=client, ex_sizes=spec.sizes(self.topology)
        )

    def raise_up(self) -> None:
        names = [region.name for region in self.topology.regions]
        networks.ensure_management(self.given, self.client)
        networks.ensure_regions(self.given, "ground", names, self.client)
        [size] = self.driver.list_sizes()
        wanted = next(i for i in self.driver.list_images() if i.name == self.tag)
        places = {place.name: place for place in self.driver.list_locations()}
        script = {"/opt/meridian/serve.py": File(SERVE.encode()), "/opt/meridian/ask.py": File(ASK.encode())}
        for node_id, settings in spec.cloud_map(self.topology, self.given)["local-small"].items():
            place = places[settings["location"]]
            self.driver.create_node(node_id, size, wanted, place, ex_files=script, **settings["create"])
        wan.ensure_gateways(self.topology, self.given, self.tag, self.client)

    def run(self, node: str, *command: str) -> tuple[int, str]:
        held = self.client.containers.get(f"{node}.{self.given.platform}")
        code, output = held.exec_run(list(command))
        return code, output.decode().strip()

    def remove(self) -> None:
        for node in self.driver.list_nodes():
            self.driver.destroy_node(node)
        wan.remove_gateways(self.client, self.given.platform, "ground")
        networks.remove_management(self.given.platform, self.client)


def _topology(local: LocalNetwork) -> Topology:
    regions = []
    for index, name in enumerate(("east", "west")):
        addresses = Addresses(
            local.node_management(index, 0), local.node_region(index, 0), local.node_region(index, 0)
        )
        node = Node(
            f"kafka-1.{name}.ground", "kafka-1", "kafka", 1, "ground", name, "a", ("kafka",), "local-small",
            addresses,
        )  # fmt: skip
        regions.append(Region(name, index, ("a",), not index, (node,), SETTINGS, "", "", "local", "local"))
    settings = {"local": {"wan": True, "round_trip_ms": {"east": {"west": 120}}}}
    return Topology("ground", "local", "east", tuple(regions), (), settings)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    client = engine.client()
    tag = image.current(client)
    if tag is None:
        pytest.skip("no node image: salt-run artifact.image makes one")
    with pytest.MonkeyPatch.context() as patch:
        state = tmp_path_factory.mktemp("state")
        patch.setattr(paths, "state", lambda: state)
        made = Ground(client, tag)
        try:
            made.raise_up()
            east, west = made.topology.regions
            for here, there in ((east, west), (west, east)):
                far, via = made.given.addresses.region_network(there.index), made.given.addresses
                made.run(here.nodes[0].id, "ip", "route", "add", far, "via", via.wan_gateway(here.index))
                held = client.containers.get(f"{here.nodes[0].id}.{made.given.platform}")
                held.exec_run(["python3", "/opt/meridian/serve.py"], detach=True)
            yield made
        finally:
            made.remove()


def _ask(ground: Ground) -> tuple[int, str]:
    """Have east's node ask west's at the address that it advertises."""
    far = ground.topology.region("west").nodes[0].addresses.external
    return ground.run("kafka-1.east.ground", "python3", "/opt/meridian/ask.py", far)


def test_node_is_a_machine(ground: Ground) -> None:
    code, output = ground.run("kafka-1.east.ground", "cat", "/proc/1/comm")
    assert (code, output) == (0, "systemd")
    assert ground.run("kafka-1.east.ground", "hostname")[1] == "kafka-1.east.ground"
    # It may set limits of its own: the cgroups are its own and writable.
    limit = "/sys/fs/cgroup/memory/memory.limit_in_bytes"
    probe = f"test ! -e {limit} || test -w {limit}"
    assert ground.run("kafka-1.east.ground", "sh", "-c", probe)[0] == 0


def test_other_region_is_as_far_as_pillar_says(ground: Ground) -> None:
    code, output = _ask(ground)
    assert code == 0, output
    assert 120 <= int(output) < 1000


def test_gateways_are_left_alone_when_nothing_changed(ground: Ground) -> None:
    assert wan.ensure_gateways(ground.topology, ground.given, ground.tag, ground.client) == []


@pytest.mark.parametrize("stall", [False, True])
def test_cut_link_is_cut_until_restored(ground: Ground, stall: bool) -> None:
    where = (ground.client, ground.given.platform, "ground", "east", "west")
    wan.cut(*where, stall=stall)
    assert wan.status(*where[:3])["east"]["west"]["state"] == ("stalled" if stall else "cut")
    assert _ask(ground)[0] != 0
    wan.restore(*where)
    assert _ask(ground)[0] == 0


def test_slowed_link_is_slow(ground: Ground) -> None:
    where = (ground.client, ground.given.platform, "ground", "east", "west")
    wan.slow(*where, round_trip=400)
    assert int(_ask(ground)[1]) >= 400
    wan.restore(*where)


def test_rebooted_gateway_knows_its_links_and_delays(ground: Ground) -> None:
    [held] = [c for c in wan.gateways(ground.client, ground.given.platform, "ground") if ".east." in c.name]
    held.restart(timeout=5)
    wan.ensure_gateways(ground.topology, ground.given, ground.tag, ground.client)
    assert int(_ask(ground)[1]) >= 120


def test_switching_the_wan_off_removes_the_gateways(ground: Ground) -> None:
    local = {"local": {**ground.topology.settings["local"], "wan": False}}
    off = dataclasses.replace(ground.topology, settings=local)
    assert len(wan.ensure_gateways(off, ground.given, ground.tag, ground.client)) == 2
    assert wan.gateways(ground.client, ground.given.platform, "ground") == []


def test_rebooted_node_keeps_its_data_and_addresses(ground: Ground) -> None:
    [node] = [n for n in ground.driver.list_nodes() if n.name == "kafka-1.west.ground"]
    ground.run(node.name, "sh", "-c", "echo kept > /root/kept")
    assert ground.driver.reboot_node(node)
    assert ground.run(node.name, "cat", "/root/kept") == (0, "kept")
    [again] = [n for n in ground.driver.list_nodes() if n.name == node.name]
    assert again.private_ips == node.private_ips


def test_nothing_remains(ground: Ground) -> None:
    ground.remove()
    wanted = {"label": [f"meridian.platform={ground.given.platform}"]}
    assert ground.client.containers.list(all=True, filters=wanted) == []
    assert ground.client.networks.list(filters=wanted) == []
