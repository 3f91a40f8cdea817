"""Disks for data, from roles to nodes."""

import textwrap
from collections.abc import Callable

import pytest
from meridian.topology import Layers, TopologyError, Volume, expand

CLOUD = "environment: {provider: ec2}\n"
FILE = "pillar/environments/broken.sls"
DATA = "volumes: {kafka: {data: {size_gb: 200, type: ssd, mount: kafka.data}}}\n"


def test_the_local_cloud_has_none(shipped: Layers) -> None:
    assert all(not node.volumes for node in expand(shipped, "local").nodes)


def test_a_node_has_the_volumes_of_its_roles(bent: Callable[..., Layers]) -> None:
    made = expand(bent(CLOUD + DATA), "cloud")
    assert made.node("kafka-1.us-east.cloud").volumes == (
        Volume("kafka-data", 200, "gp3", "/var/lib/meridian/kafka"),
    )
    assert made.node("services-1.us-east.cloud").volumes == ()


def test_brokers_that_are_tasks_have_theirs_on_their_agents(bent: Callable[..., Layers]) -> None:
    text = """
        kafka: {runtime: mesos}
        nodes:
          masters: {count: 3, roles: [zookeeper, mesos-master, marathon, kafka-controller], size: large}
          kafka: {roles: [mesos-agent, kafka]}
        overrides: {central: {nodes: {kafka: {roles: [mesos-agent, kafka, connect]}}}}
        volumes:
          kafka: {data: {size_gb: 200, type: ssd, mount: kafka.data}}
          mesos-agent: {data: {size_gb: 300, type: ssd, mount: mesos.data}}
    """
    made = expand(bent(CLOUD + textwrap.dedent(text)), "cloud")
    assert made.node("kafka-1.us-east.cloud").volumes == (
        Volume("mesos-agent-data", 300, "gp3", "/var/lib/meridian/mesos"),
    )


@pytest.mark.parametrize(
    ("provider", "wanted", "type"),
    [("gce", "ssd", "pd-ssd"), ("gce", "pd-extreme", "pd-extreme"), ("vultr", "ssd", "")],
)
def test_kinds_of_disks_are_called_as_the_provider_calls_them(
    bent: Callable[..., Layers], provider: str, wanted: str, type: str
) -> None:
    text = f"environment: {{provider: ec2, providers: {{us-east: {provider}}}}}\n" + DATA.replace(
        "ssd", wanted
    )
    assert expand(bent(text), "cloud").nodes[0].volumes[0].type == type


def test_a_volume_is_mounted_where_the_setting_says(bent: Callable[..., Layers]) -> None:
    made = expand(bent(CLOUD + DATA + "kafka: {data: /var/lib/meridian/logs}"), "cloud")
    assert made.node("kafka-1.us-east.cloud").volumes[0].mount == "/var/lib/meridian/logs"


def test_a_region_may_have_larger_ones(bent: Callable[..., Layers]) -> None:
    made = expand(
        bent(CLOUD + DATA + "overrides: {eu-west: {volumes: {kafka: {data: {size_gb: 900}}}}}"), "cloud"
    )
    assert made.node("kafka-1.eu-west.cloud").volumes[0].size_gb == 900
    assert made.node("kafka-1.us-east.cloud").volumes[0].size_gb == 200


WRONG = {
    "a disk for a container": (
        DATA,
        f"{FILE}: volumes: expected null; the local cloud's containers have no disks of their own",
    ),
    "a setting that is no folder": (
        CLOUD + "volumes: {kafka: {data: {size_gb: 1, type: ssd, mount: kafka.dta}}}",
        f"{FILE}: volumes.kafka.data.mount: no setting 'kafka.dta' holds a folder; "
        "did you mean 'kafka.data'?",
    ),
    "two on one folder": (
        CLOUD + "volumes: {kafka: {data: {size_gb: 1, type: ssd, mount: /srv}, "
        "more: {size_gb: 1, type: hdd, mount: /srv/more}}}",
        f"{FILE}: volumes.kafka.more.mount: expected a folder apart from /srv, which volumes.kafka.data has; "
        "found /srv/more",
    ),
    "a disk without size": (
        CLOUD + "volumes: {kafka: {data: {type: ssd, mount: kafka.data}}}",
        f"{FILE}: volumes.kafka.data.size_gb: missing; expected a whole number",
    ),
    "a mount that is no absolute path": (
        CLOUD + "volumes: {kafka: {data: {size_gb: 1, type: ssd, mount: '/a b'}}}",
        f"{FILE}: volumes.kafka.data.mount: expected an absolute path without spaces, found '/a b'",
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_by_file_and_key(bent: Callable[..., Layers], text: str, expected: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert sorted(set(str(caught.value).splitlines())) == [expected]
