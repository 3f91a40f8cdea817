"""What a user reads when the pillar is wrong: every mistake at once, with file and key."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from meridian.topology import Layers, Source, TopologyError, expand

FILE = "pillar/environments/broken.sls"

WRONG = {
    "unknown key, a near one known": (
        "kafka: {heap_md: 256}",
        [f"{FILE}: kafka.heap_md: unknown key; did you mean 'heap_mb'?"],
    ),
    "unknown key, none near": (
        "kafka: {ports: {zzz: 1}}",
        [f"{FILE}: kafka.ports.zzz: unknown key; expected one of: controller, external, internal"],
    ),
    "unknown section": (
        "kafak: {}",
        [f"{FILE}: kafak: unknown key; did you mean 'kafka'?"],
    ),
    "wrong type": (
        "kafka: {heap_mb: plenty}",
        [f"{FILE}: kafka.heap_mb: expected a whole number, found 'plenty'"],
    ),
    "number as text": (
        "topics: {flights: {partitions: '6'}}",
        [f"{FILE}: topics.flights.partitions: expected a whole number, found '6'"],
    ),
    "text as number": (
        "kafka: {version: 4.3}",
        [f"{FILE}: kafka.version: expected text, found 4.3"],
    ),
    "out of range": (
        "objectstore: {port: 70000}",
        [f"{FILE}: objectstore.port: expected at most 65535, found 70000"],
    ),
    "not one of the choices": (
        "flows: {central: {naming: prefix}}",
        [f"{FILE}: flows.central.naming: expected 'source_prefix' or 'identity', found 'prefix'"],
    ),
    "mapping where a list belongs": (
        "archive: {topics: {flights: true}}",
        [f"{FILE}: archive.topics: expected a list, found a mapping"],
    ),
    "required key taken away": (
        "kafka: {version: null}",
        [f"{FILE}: kafka.version: missing; expected text"],
    ),
    "incomplete node group": (
        "nodes: {extra: {count: 1, roles: [kafka]}}",
        [f"{FILE}: nodes.extra.size: missing; expected text"],
    ),
    "negative price": (
        "prices: {machines: {ec2: {m5.large: {any: -1}}}}",
        [f"{FILE}: prices.machines.ec2.m5.large.any: expected at least 0, found -1"],
    ),
    "price without a place": (
        "prices: {machines: {ec2: {m5.large: 0.1}}}",
        [f"{FILE}: prices.machines.ec2.m5.large: expected a mapping, found 0.1"],
    ),
    "a runtime without what it runs on, and a quorum of two": (
        "overrides: {us-east: {kafka: {runtime: mesos}, nodes: "
        "{masters: {count: 2, roles: [zookeeper, mesos-master, marathon], size: medium}}}}",
        [
            f"{FILE}: overrides.us-east.kafka.runtime: mesos: expected nodes with the role kafka-controller; "
            "region us-east has none",
            f"{FILE}: overrides.us-east.nodes: expected 3 or 5 nodes with the role mesos-master, a quorum; "
            "region us-east has 2",
            f"{FILE}: overrides.us-east.nodes: expected 3 or 5 nodes with the role zookeeper, a quorum; "
            "region us-east has 2",
            "pillar/defaults/nodes.sls: nodes.kafka.roles: expected mesos-agent as well: "
            "kafka.runtime is mesos",
        ],
    ),
    "unknown role": (
        "nodes: {services: {roles: [archiver]}}",
        [
            f"{FILE}: nodes.services.roles.0: expected 'zookeeper', 'objectstore', 'mesos-master', "
            "'mesos-agent', 'marathon', 'kafka-controller', 'kafka', 'connect', 'archive' or "
            "'elasticsearch', found 'archiver'"
        ],
    ),
    "unknown size": (
        "nodes: {kafka: {size: smal}}",
        [f"{FILE}: nodes.kafka.size: no such size 'smal'; did you mean 'small'?"],
    ),
    "unknown region in a flow": (
        "flows: {central: {target: centrol}}",
        [f"{FILE}: flows.central.target: no region 'centrol' in this environment; did you mean 'central'?"],
    ),
    "unknown region in the environment": (
        "environment: {regions: [us-east, us-weast, central]}\n"
        "verification: {flights: {origins: {LGA: us-east}}}",
        [
            f"{FILE}: environment.regions: no file pillar/regions/us-weast.sls; did you mean 'us-west'?",
        ],
    ),
    "unknown region in overrides": (
        "overrides: {us-eest: {kafka: {heap_mb: 512}}}",
        [f"{FILE}: overrides.us-eest: no such region; did you mean 'us-east'?"],
    ),
    "duplicate nodes": (
        "environment: {regions: [us-east, us-east, eu-west, central]}",
        [f"{FILE}: environment.regions: expected each region once; us-east again would duplicate its nodes"],
    ),
    "replication factor above the brokers": (
        "topics: {flights: {replication_factor: 4}}",
        [
            f"{FILE}: topics.flights.replication_factor: "
            f"expected at most 3, the brokers of region {name}; found 4"
            for name in ("us-east", "eu-west")
        ],
    ),
    "low replication factor, not said to be meant": (
        "topics: {flights: {replication_factor: 2}}",
        [
            f"{FILE}: topics.flights.replication_factor: "
            "expected at least 3 (or kafka.allow_low_replication: true), found 2"
        ],
    ),
    "low replication factor of Kafka's own topics": (
        "overrides: {us-east: {kafka: {config: {default.replication.factor: 1}}}}",
        [
            f"{FILE}: overrides.us-east.kafka.config.default.replication.factor: "
            "expected at least 3 (or kafka.allow_low_replication: true), found 1"
        ],
    ),
    "more in-sync replicas than replicas": (
        "topics: {canary: {min_insync_replicas: 4}}",
        [f"{FILE}: topics.canary.min_insync_replicas: expected at most replication_factor (3), found 4"],
    ),
    "brokers unevenly over zones": (
        "overrides: {us-east: {nodes: {extra: "
        "{count: 2, roles: [kafka], size: small, zones: [us-east-1a]}}}}",
        [
            f"{FILE}: overrides.us-east.nodes.extra: "
            "expected brokers spread evenly over the zones of us-east, "
            "at most one apart; found us-east-1a 3, us-east-1b 1, us-east-1c 1"
        ],
    ),
    "fewer zones than replicas": (
        "overrides: {us-east: {region: {zones: [us-east-1a, us-east-1b]}}}",
        [
            f"{FILE}: overrides.us-east.region.zones: expected a zone for each of 3 replicas "
            "(or kafka.allow_low_replication: true); brokers of us-east stand in 2"
        ],
    ),
    "a zone that the region has not": (
        "overrides: {us-east: {nodes: {services: {zones: [us-east-1d]}}}}",
        [
            f"{FILE}: overrides.us-east.nodes.services.zones: region us-east has no zone 'us-east-1d'; "
            "did you mean 'us-east-1c'?"
        ],
    ),
    "heaps that do not fit": (
        "kafka: {heap_mb: 900}",
        [
            "pillar/environments/local.sls: nodes.kafka.size: expected a size with room, heaps of at most "
            "three quarters of its 1024 MB; the roles' heaps are 900 MB"
        ],
    ),
    "renewal longer than life": (
        "pki: {renew_before_days: 400}",
        [f"{FILE}: pki.renew_before_days: expected less than validity_days (365), found 400"],
    ),
    "unknown operator in a filter": (
        "flows: {central: {filter: {condition: {any: [{field: dep_delay, greatre: 15}]}}}}",
        [
            f"{FILE}: flows.central.filter.condition.any.0.greatre: unknown key; did you mean 'greater'?",
        ],
    ),
    "a pair of regions without a round trip": (
        "local: {round_trip_ms: {us-east: {eu-west: null}}}",
        [f"{FILE}: local.round_trip_ms.us-east: expected milliseconds between us-east and eu-west"],
    ),
    "round trip given twice, differently": (
        "local: {round_trip_ms: {eu-west: {us-east: 80}}}",
        [
            "pillar/defaults/local.sls: local.round_trip_ms.us-east.eu-west: "
            "expected each pair once; eu-west.us-east says 80, this 75"
        ],
    ),
    "network that is no /16": (
        "local: {network: 10.1.2.0/24}",
        [f"{FILE}: local.network: expected an IPv4 /16 such as 10.213.0.0/16, found 10.1.2.0/24"],
    ),
    "environment-wide section in overrides": (
        "overrides: {us-east: {local: {wan: false}}}",
        [
            f"{FILE}: overrides.us-east.local: concerns the whole environment; "
            "expected in pillar/defaults/ or at the top of an environment's file"
        ],
    ),
    "two object stores": (
        "overrides: {us-east: {nodes: {services: {roles: [archive, objectstore]}}}}",
        [
            "pillar/environments/local.sls: environment.regions: "
            "expected one node with the role objectstore, found services.us-east, services.central"
        ],
    ),
    "flows that end where no worker is": (
        "overrides: {central: {nodes: {kafka: {roles: [kafka]}}}}",
        [
            "pillar/environments/local.sls: environment.regions: "
            "expected nodes with the role connect in central, where flows end"
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_by_file_and_key(
    bent: Callable[..., Layers], text: str, expected: list[str]
) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert sorted(str(caught.value).splitlines()) == sorted(expected)


def test_all_mistakes_are_told_at_once(bent: Callable[..., Layers]) -> None:
    wrong = (
        "kafka: {heap_md: 1, serial_gc: 1}\n"
        "flows: {central: {target: centrol}}\n"
        "verification: {flights: {origins: {JFK: mars}}}\n"
    )
    with pytest.raises(TopologyError) as caught:
        expand(bent(wrong), "local")
    assert [problem.path for problem in caught.value.problems] == [
        ("flows", "central", "target"),
        ("kafka", "heap_md"),
        ("kafka", "serial_gc"),
        ("verification", "flights", "origins", "JFK"),
    ]


def test_no_mistake_waits_for_another_to_be_mended(shipped: Layers) -> None:
    files = {
        "topics.sls": {"topics": {"flights": {"partitions": -3}}},
        "flows.sls": {"flows": {"central": {"target": "centrl"}}},
        "archive.sls": {"archive": {"bucket": 5}},
        "env.sls": {"environment": {"provider": "locl"}},
    }
    regions = dict(shipped.regions)
    own = regions["eu-west"]
    place = {**own.data["region"], "latitude": 138}
    regions["eu-west"] = Source(own.file, {**own.data, "region": place})
    more = tuple(Source(name, data) for name, data in files.items())
    layers = replace(shipped, environments=(*shipped.environments, *more), regions=regions)
    with pytest.raises(TopologyError) as caught:
        expand(layers, "local")
    assert [(one.file.rpartition("/")[2], ".".join(one.path)) for one in caught.value.problems] == [
        ("archive.sls", "archive.bucket"),
        ("env.sls", "environment.provider"),
        ("flows.sls", "flows.central.target"),
        ("eu-west.sls", "region.latitude"),
        ("topics.sls", "topics.flights.partitions"),
    ]
    assert "did you mean 'local'?" in str(caught.value)


def test_a_mistake_in_a_region_names_that_regions_file(bent: Callable[..., Layers]) -> None:
    layers = bent("{region: {title: Ireland, latitude: 153, longitude: -6, zones: [a, b, c]}}", "eu-west")
    with pytest.raises(TopologyError) as caught:
        expand(layers, "local")
    assert str(caught.value) == "pillar/regions/eu-west.sls: region.latitude: expected at most 90, found 153"


def test_low_replication_may_be_meant(bent: Callable[..., Layers]) -> None:
    layers = bent(
        "kafka: {allow_low_replication: true}\n"
        "topics: {flights: {replication_factor: 1, min_insync_replicas: 1}}"
    )
    region = expand(layers, "local").region("us-east")
    assert region.settings["topics"]["flights"]["replication_factor"] == 1
