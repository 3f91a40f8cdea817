"""Plan, drift and agreement as Salt users call them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.operations import observe
from meridian.plan import World
from meridian.runners import platform
from meridian.topology import Topology

from tests.unit.plan.conftest import world_of
from tests.unit.topology.conftest import local, salt_options, shipped  # noqa: F401


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, local: Topology, salt_options: dict[str, Any]) -> list[World]:  # noqa: F811
    """The world that every look sees: the last one in the list, at first `local` as deployed."""
    worlds = [world_of(local)]
    monkeypatch.setattr(platform, "__opts__", salt_options, raising=False)
    monkeypatch.setattr(observe, "world", lambda opts, topology: worlds[-1])
    return worlds


def test_plan_and_drift_of_one_world_agree(seen: list[World]) -> None:
    assert {one["action"] for one in platform.plan("local")["actions"]} == {"keep"}
    assert platform.drift("local") == {"environment": "local", "drift": []}
    seen.append(replace(seen[0], connectors={"central": {}}))
    changed = [one["id"] for one in platform.plan("local")["actions"] if one["action"] == "create"]
    assert changed == [item["id"] for item in platform.drift("local")["drift"]]


def test_offline_looks_at_nothing(monkeypatch: pytest.MonkeyPatch, seen: list[World]) -> None:
    monkeypatch.setattr(observe, "world", None)
    assert {one["action"] for one in platform.plan("local", offline=True)["actions"]} == {"create"}


def test_a_plan_holds_until_the_world_moves(seen: list[World], tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(platform.plan("local")))
    assert platform.agree(str(file), "local") == {"ok": True, "comment": "12 actions as planned"}
    gone = "kafka-3.eu-west.local"
    seen.append(replace(seen[0], nodes={k: v for k, v in seen[0].nodes.items() if k != gone}))
    with pytest.raises(MeridianError) as refused:
        platform.agree(str(file), "local")
    assert "\n" not in str(refused.value)
    assert f"the world moved since it was planned: node {gone}: planned keep, now create" in str(
        refused.value
    )


def test_addresses_of_clouds_are_written_down(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    salt_options: dict[str, Any],  # noqa: F811
) -> None:
    from meridian.cloud import addresses
    from meridian.operations import create_machines
    from meridian.salt_api.pillar_files import load_topology

    monkeypatch.setattr(addresses, "record_file", lambda environment: tmp_path / f"{environment}.json")
    monkeypatch.setattr(platform, "__opts__", salt_options, raising=False)
    nodes = [node.id for node in load_topology(salt_options, "openstack").nodes]
    seen = {
        name: {"private_ips": [f"10.0.0.{index}"], "public_ips": []} for index, name in enumerate(nodes, 1)
    }
    monkeypatch.setattr(create_machines, "describe", lambda opts, topology: {"existing": seen})
    assert len(platform.locate("openstack")["changes"]) == len(nodes)
    assert platform.locate("openstack")["changes"] == []
    # What reads the pillar now knows them.
    assert load_topology(salt_options, "openstack").node(nodes[0]).addresses.region == "10.0.0.1"
    del seen[nodes[1]]
    with pytest.raises(MeridianError, match=f"no address known of {nodes[1]}"):
        platform.locate("openstack")
    assert platform.locate("local")["changes"] == []


@pytest.mark.parametrize("environment", ["aws", "multicloud", "openstack"])
def test_a_cloud_environment_can_be_planned_without_an_account(
    monkeypatch: pytest.MonkeyPatch,
    salt_options: dict[str, Any],  # noqa: F811
    environment: str,
) -> None:
    from meridian.salt_api.pillar_files import load_topology

    monkeypatch.setattr(platform, "__opts__", salt_options, raising=False)
    monkeypatch.setenv("MERIDIAN_MARATHON_ARTIFACT", f"https://example.com/m.tgz#sha512={'0' * 128}")
    topology = load_topology(salt_options, environment)
    planned = platform.plan(environment, offline=True)
    made = [one for one in planned["actions"] if one["kind"] == "node"]
    assert {one["action"] for one in planned["actions"]} == {"create"}
    assert [one["id"] for one in made] == [node.id for node in topology.nodes]
    priced = {one["region"] for one in made if one["cost_per_month"]}
    # OpenStack's machines are the user's own: nobody else knows what they cost.
    own = {region.name for region in topology.regions if region.kind == "openstack"}
    assert not priced & own
    assert bool(priced) == ("aws" in topology.providers)


def test_a_plan_is_blocked_by_what_its_user_has_not_named(
    monkeypatch: pytest.MonkeyPatch,
    salt_options: dict[str, Any],  # noqa: F811
) -> None:
    from meridian.plan import Plan

    monkeypatch.setattr(platform, "__opts__", salt_options, raising=False)
    for name in ("MESOS", "MARATHON"):
        monkeypatch.delenv(f"MERIDIAN_{name}_ARTIFACT", raising=False)
    planned = platform.plan("local-mesos", offline=True)
    blocked = {one["id"]: one["reason"] for one in planned["actions"] if one["action"] == "blocked"}
    assert set(blocked) == {"mesos", "marathon"}
    assert blocked["mesos"].startswith("MERIDIAN_MESOS_ARTIFACT: not set; ")
    assert blocked["marathon"].startswith("MERIDIAN_MARATHON_ARTIFACT: not set; ")
    assert Plan.from_dict(planned).exit_code == 1
