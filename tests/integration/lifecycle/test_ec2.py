"""EC2 over real HTTP, by the very functions that a deployment uses."""

import base64
import gzip
from typing import Any

import pytest
from libcloud.compute.base import NodeImage
from meridian.cloud.providers import ec2_listing
from meridian.common.errors import MeridianError
from meridian.operations import create_machines, destroy_machines
from meridian.salt_api.machines import ProviderClient

from tests.doubles.ec2_server import Server
from tests.integration.lifecycle.clouds import ENVIRONMENT, IMAGE, Clouds, topology


def test_machines_are_what_the_pillar_wants(clouds: Clouds, east: Server) -> None:
    wanted = topology({"east": 3})
    done = clouds.ensure(wanted)
    assert done["made"] == [node.id for node in wanted.nodes]
    machines = {machine["name"]: machine for machine in east.machines()}
    assert sorted(machines) == done["made"]
    assert clouds.keys() == set(machines)
    for node in wanted.nodes:
        machine = machines[node.id]
        assert machine["type"] == "t3.micro"
        assert machine["tags"] == node.tags
        assert len(machine["groups"]) == 1
        assert f"id: {node.id}" in _text(machine["user_data"])
        disks = [disk for disk in east.volumes() if disk["attached"] == machine["id"]]
        assert (20, "gp3") in {(disk["size"], disk["type"]) for disk in disks}


def test_only_the_addresses_that_pillar_means_may_enter(clouds: Clouds, east: Server) -> None:
    clouds.ensure(topology({"east": 2}))
    site = ProviderClient(clouds.opts, "east", ENVIRONMENT)
    seen = site.listed().values()
    addresses = {f"{address}/32" for node in seen for address in node["private_ips"]}
    for node in seen:
        rules = {rule["port"]: set(rule["sources"]) for rule in node["firewall"]}
        assert rules == {22: {"203.0.113.7/32"}, 9092: addresses}


def test_second_run_makes_nothing(clouds: Clouds, east: Server) -> None:
    wanted = topology({"east": 2})
    clouds.ensure(wanted)
    before = east.machines()
    done = clouds.ensure(wanted)
    assert (done["changes"], done["kept"]) == ([], [node.id for node in wanted.nodes])
    assert east.machines() == before


def test_description_is_what_there_is(clouds: Clouds, east: Server) -> None:
    clouds.ensure(topology({"east": 2}))
    first, second = (f"kafka-{number}.r0.{ENVIRONMENT}" for number in (1, 2))
    clouds.profiles["east-small"]["size"] = "t3.large"
    clouds.write()
    found = create_machines.describe(clouds.opts, topology({"east": 1}))
    assert (found["missing"], found["incomplete"], found["unmanaged"]) == ([], [], [second])
    assert found["replace"] == {first: "size t3.micro, wanted t3.large"}
    assert found["existing"][first]["size"] == "t3.micro"
    assert found["existing"][first]["tags"]["meridian-role"] == "kafka"
    clouds.destroy()
    assert create_machines.describe(clouds.opts, topology({"east": 1}))["missing"] == [first]


def test_machine_stops_and_starts(clouds: Clouds, east: Server) -> None:
    wanted = topology({"east": 1})
    [name] = clouds.ensure(wanted)["made"]
    site = ProviderClient(clouds.opts, "east", ENVIRONMENT)
    assert site.call("show_instance", name, call="action")["state"] == "RUNNING"
    assert site.call("stop", name, call="action")
    assert [machine["state"] for machine in east.machines()] == ["stopped"]
    assert clouds.ensure(wanted)["started"] == [name]
    assert [machine["state"] for machine in east.machines()] == ["running"]


def test_key_pair_of_the_provider_is_used(clouds: Clouds, east: Server) -> None:
    clouds.profiles["east-small"]["ssh_key"] = "operators"
    clouds.write()
    _connection(clouds).create_key_pair("operators")
    clouds.ensure(topology({"east": 1}))
    assert [machine["key"] for machine in east.machines()] == ["operators"]


def test_destroy_takes_only_what_has_our_tags(clouds: Clouds, east: Server, west: Server) -> None:
    clouds.ensure(topology({"east": 2, "west": 1}))
    conn = _connection(clouds)
    [size] = [size for size in conn.list_sizes() if size.id == "t3.micro"]
    image = NodeImage(IMAGE, IMAGE, conn)
    others = {"meridian-platform": "meridian", "meridian-environment": "trial2"}
    conn.create_node(name=f"bastion.{ENVIRONMENT}", size=size, image=image)
    conn.create_node(name="kafka-1.r0.trial2", size=size, image=image, ex_metadata=others)
    told = destroy_machines.listing(clouds.opts, ENVIRONMENT)
    assert sorted(told["machines"].values()) == ["east", "east", "west"]
    assert told["left"] == []
    done = clouds.destroy()
    assert sum(line.endswith(f".{ENVIRONMENT} removed") for line in done["changes"]) == 3
    assert sorted(machine["name"] for machine in east.machines()) == [
        f"bastion.{ENVIRONMENT}",
        "kafka-1.r0.trial2",
    ]
    assert west.machines() == []
    assert clouds.keys() == set()


def test_list_is_read_to_its_last_page(clouds: Clouds, east: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ec2_listing, "_PAGE", "5")
    wanted = topology({"east": 12})
    clouds.ensure(wanted)
    site = ProviderClient(clouds.opts, "east", ENVIRONMENT)
    assert sorted(site.listed()) == sorted(node.id for node in wanted.nodes)
    clouds.destroy()
    assert east.machines() == []


def test_destroy_leaves_neither_disks_nor_security_groups(clouds: Clouds, east: Server) -> None:
    clouds.ensure(topology({"east": 2}))
    clouds.destroy()
    assert east.volumes() == []
    names = {group.name for group in _connection(clouds).ex_get_security_groups()}
    assert names == {"default"}


def test_provider_that_a_region_has_left_is_remembered(clouds: Clouds, east: Server, west: Server) -> None:
    clouds.ensure(topology({"east": 1}))
    with pytest.raises(
        MeridianError, match=r"kafka-1\.r0\.trial: i-\w+ is at east, which its region has left"
    ):
        clouds.ensure(topology({"west": 1}))
    assert west.machines() == []
    assert list(destroy_machines.listing(clouds.opts, ENVIRONMENT)["machines"].values()) == ["east"]
    clouds.destroy()
    clouds.ensure(topology({"west": 1}))
    assert (east.machines(), len(west.machines())) == ([], 1)


def _connection(clouds: Clouds) -> Any:
    return ProviderClient(clouds.opts, "east", ENVIRONMENT).call("get_conn")


def _text(sent: str) -> str:
    data = base64.b64decode(sent)
    return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
