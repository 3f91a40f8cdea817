"""Plans of the environments on clouds as they are shipped, offline."""

from dataclasses import replace
from typing import Any

import pytest
from meridian.cloud.catalogue import Catalogue
from meridian.plan import Plan, World, compare, plan
from meridian.salt_api.pillar_files import load_layers
from meridian.topology import Topology, expand

from tests.unit.topology.conftest import salt_options  # noqa: F401

KINDS = {"aws": "ec2", "gce": "gce", "azure": "azure_arm", "openstack": "openstack", "local": "local"}
# A size of each cloud that libcloud has a price of in all of our places, where it has one at all.
SIZES = {"aws": "m5a.large", "gce": "n2-standard-2", "azure": "Standard_D2s_v3", "openstack": "m1.medium"}


@pytest.fixture(params=["aws", "multicloud", "openstack"])
def shipped(request: pytest.FixtureRequest, salt_options: dict[str, Any]) -> Topology:  # noqa: F811
    layers = load_layers(salt_options, request.param)
    return expand(replace(layers, providers=KINDS), request.param)


@pytest.fixture
def planned(shipped: Topology) -> Plan:
    profiles = {
        node.profile: {"provider": node.provider, "size": SIZES[node.provider]} for node in shipped.nodes
    }
    catalogue = Catalogue(profiles, {alias: {"provider": kind} for alias, kind in KINDS.items()})
    return plan(shipped, compare(shipped, World()), catalogue)


def test_offline_all_of_it_is_to_be_created(shipped: Topology, planned: Plan) -> None:
    assert planned.exit_code == 2
    assert {one.action for one in planned.actions} == {"create"}
    created = {kind: {one.id for one in planned.actions if one.kind == kind} for kind in ("node", "flow")}
    assert created == {
        "node": {node.id for node in shipped.nodes},
        "flow": {flow.name for flow in shipped.flows},
    }


def test_machines_have_a_price_or_are_named(shipped: Topology, planned: Plan) -> None:
    at = {node.id: node.provider for node in shipped.nodes}
    for one in planned.actions:
        if one.kind == "node":
            assert one.cost_per_month != 0.0
            assert (one.cost_per_month is None) == (one.id in planned.cost.unknown)
            # A cloud of your own has no list price; Amazon's is there for every place.
            if at[one.id] in ("openstack", "aws"):
                assert (one.cost_per_month is None) == (at[one.id] == "openstack")
    assert (planned.cost.per_month is None) == (set(at.values()) == {"openstack"})


def test_every_volume_has_a_price_or_is_named(shipped: Topology, planned: Plan) -> None:
    """Amazon's, Azure's and OpenStack's disks are in nobody's data; Google's are, but not in every place."""
    named = {identity for identity in planned.cost.unknown if "/" in identity}
    for node in shipped.nodes:
        for volume in node.volumes:
            if node.provider != "gce":
                assert f"{node.id}/{volume.name}" in named
