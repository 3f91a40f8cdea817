"""Marathon in the topology: apps that are declared, what its nodes learn of them, and of Mesos's TLS."""

from collections.abc import Callable

import pytest
from meridian.operations.outline import outline
from meridian.topology import Layers, TopologyError, expand, node_pillar

NODES = "nodes: {masters: {count: 3, roles: [zookeeper, mesos-master, marathon], size: medium}}"
APPS = "marathon: {heap_mb: 256, apps: {/shop/web: {cmd: exec ./web, cpus: 0.5}}}"


def test_apps_without_anybody_who_runs_them_are_refused(bent: Callable[..., Layers]) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(f"overrides: {{central: {{{APPS}}}}}"), "local")
    assert str(caught.value) == (
        "pillar/environments/broken.sls: overrides.central.marathon.apps: expected nodes with the role "
        "marathon, which runs them; region central has none"
    )


@pytest.mark.parametrize(
    ("text", "declares"),
    [
        (APPS, True),
        ("marathon: {heap_mb: 256, groups: {/shop: {apps: [{id: db, cmd: exec ./db}]}}}", True),
        ("marathon: {heap_mb: 256}", False),
    ],
)
def test_a_deployment_knows_which_regions_declare_apps(
    bent: Callable[..., Layers], text: str, declares: bool
) -> None:
    found = outline(expand(bent(f"overrides: {{central: {{{NODES}, {text}}}}}"), "local"))
    assert {one["name"]: one["apps"] for one in found["regions"] if one["apps"]} == (
        {"central": True} if declares else {}
    )


def test_a_server_learns_its_apps_and_how_masters_speak(bent: Callable[..., Layers]) -> None:
    tls = "mesos: {tls: {require_client_certificate: true}}"
    topology = expand(bent(f"overrides: {{central: {{{NODES}, {APPS}, {tls}}}}}"), "local")
    pillar = node_pillar(topology, "masters-1.central.local", secrets={}, certificates={}, artifacts={})
    assert pillar["marathon"]["apps"] == {"/shop/web": {"cmd": "exec ./web", "cpus": 0.5}}
    assert pillar["marathon"]["tls"] == pillar["mesos"]["tls"] == {"require_client_certificate": True}


@pytest.mark.parametrize(
    ("source", "roles", "problem"),
    [
        ("artifact", "[zookeeper, marathon]", ""),
        ("package", "[zookeeper, mesos-master, marathon]", ""),
        ("package", "[zookeeper, marathon]", "nodes.masters.roles: expected mesos-master as well: "),
        ("image", "[zookeeper, mesos-master, marathon]", "marathon.libmesos: expected the path of "),
    ],
)
def test_a_server_has_the_library_that_it_loads(
    bent: Callable[..., Layers], source: str, roles: str, problem: str
) -> None:
    nodes = NODES.replace("[zookeeper, mesos-master, marathon]", roles)
    text = f"overrides: {{central: {{{nodes}, marathon: {{heap_mb: 256}}, mesos: {{source: {source}}}}}}}"
    if not problem:
        made = expand(bent(text), "local")
        pillar = node_pillar(made, "masters-1.central.local", secrets={}, certificates={}, artifacts={})
        assert pillar["marathon"]["mesos_source"] == source
        return
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert problem in str(caught.value)


def test_an_image_of_mesos_wants_the_library_named(bent: Callable[..., Layers]) -> None:
    marathon = "marathon: {heap_mb: 256, libmesos: /usr/local/lib/libmesos.so}"
    made = expand(bent(f"overrides: {{central: {{{NODES}, {marathon}, mesos: {{source: image}}}}}}"), "local")
    pillar = node_pillar(made, "masters-1.central.local", secrets={}, certificates={}, artifacts={})
    assert pillar["marathon"]["libmesos"] == "/usr/local/lib/libmesos.so"
