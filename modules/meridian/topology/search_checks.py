"""What a region's Elasticsearch asks of its nodes and settings. Pure."""

from collections.abc import Iterator

from meridian.topology.problems import Path
from meridian.topology.schema import RegionSettings, Role

_LEAST = 3
_NEEDED: tuple[Role, ...] = ("zookeeper", "mesos-master", "marathon")


def check(name: str, pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with the search cluster of a region: path and what was expected."""
    count = sum(group.count for group in pillar.nodes.values() if "elasticsearch" in group.roles)
    if 0 < count < _LEAST:
        least = f"at least {_LEAST} nodes with the role elasticsearch, so that one may be lost"
        yield ("nodes",), f"expected {least}; region {name} has {count}"
    section = pillar.elasticsearch
    on_mesos = bool(count) and section.runtime == "mesos"
    if on_mesos:
        there = {role for group in pillar.nodes.values() for role in group.roles if group.count}
        if lacking := [role for role in _NEEDED if role not in there]:
            yield (
                ("elasticsearch", "runtime"),
                f"mesos: expected nodes with the roles {', '.join(lacking)}; region {name} has none",
            )
        for group, wanted in pillar.nodes.items():
            if "elasticsearch" in wanted.roles and "mesos-agent" not in wanted.roles:
                yield (
                    ("nodes", group, "roles"),
                    "expected mesos-agent as well: elasticsearch.runtime is mesos",
                )
    automatic = pillar.kafka.runtime == "mesos" or on_mesos
    proxied = automatic if pillar.proxy.enabled == "auto" else pillar.proxy.enabled
    if count and section.transport == "proxy" and not proxied:
        yield ("elasticsearch", "transport"), "proxy: expected proxy.enabled: true as well"
    if count and section.serial_gc and section.transport == "direct":
        yield (
            ("elasticsearch", "serial_gc"),
            "expected false: Elasticsearch refuses SerialGC where it listens to other machines itself; "
            "with transport: proxy it only warns",
        )
