"""What a region's runtime asks of its nodes' roles. Pure."""

from collections.abc import Iterator

from meridian.topology.kafka_mode import MODES, ZOOKEEPER
from meridian.topology.problems import Path
from meridian.topology.schema import RegionSettings, Role

# An ensemble, a quorum of masters or of controllers: odd, and able to lose one.
_QUORUMS: tuple[Role, ...] = ("zookeeper", "mesos-master", "kafka-controller")
_NEEDED: tuple[Role, ...] = ("zookeeper", "mesos-master", "marathon", "kafka-controller")


def check(name: str, pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with the runtime of a region: path and what was expected."""
    for role in _QUORUMS:
        count = _count(pillar, role)
        single = role == "zookeeper" and count == 1 and pillar.zookeeper.allow_single
        if count and (count < 3 or count % 2 == 0) and not single:
            yield (
                ("nodes",),
                f"expected 3 or 5 nodes with the role {role}, a quorum; region {name} has {count}",
            )
    for group, wanted in pillar.nodes.items():
        if {"kafka", "kafka-controller"} <= set(wanted.roles):
            yield (
                ("nodes", group, "roles"),
                "expected kafka or kafka-controller, not both; without a node with the role kafka-controller "
                "brokers are controllers as well",
            )
    yield from _ids(pillar)
    yield from _mode(name, pillar)
    for kind in ("apps", "groups"):
        if getattr(pillar.marathon, kind) and not _count(pillar, "marathon"):
            yield (
                ("marathon", kind),
                f"expected nodes with the role marathon, which runs them; region {name} has none",
            )
    yield from _libmesos(pillar)
    if pillar.kafka.runtime == "mesos":
        yield from _mesos(name, pillar)
    elif pillar.kafka.brokers is not None:
        yield (
            ("kafka", "brokers"),
            "expected null; with the runtime systemd each node with the role kafka is one",
        )


def _mode(name: str, pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    kafka, mode = pillar.kafka, MODES[pillar.kafka.mode]
    if not kafka.version.startswith(mode.versions):
        expected = f"{mode.versions}x, as kafka.mode {kafka.mode} wants (we have {mode.shipped})"
        yield ("kafka", "version"), f"expected {expected}; found '{kafka.version}'"
    if kafka.mode != ZOOKEEPER:
        return
    if not _count(pillar, "zookeeper"):
        yield (
            ("kafka", "mode"),
            f"zookeeper: expected nodes with the role zookeeper; region {name} has none",
        )
    if _count(pillar, "kafka-controller"):
        yield (
            ("kafka", "mode"),
            "zookeeper: expected no nodes with the role kafka-controller, which is KRaft's",
        )
    if kafka.runtime == "mesos":
        yield ("kafka", "mode"), "expected kraft: kafka.runtime is mesos; with zookeeper it is systemd"


def _mesos(name: str, pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    for role in _NEEDED:
        if not _count(pillar, role):
            yield ("kafka", "runtime"), f"mesos: expected nodes with the role {role}; region {name} has none"
    for group, wanted in pillar.nodes.items():
        if "kafka" in wanted.roles and "mesos-agent" not in wanted.roles:
            yield ("nodes", group, "roles"), "expected mesos-agent as well: kafka.runtime is mesos"
    hosts = _count(pillar, "kafka")
    if pillar.kafka.brokers is not None and pillar.kafka.brokers > hosts:
        most = f"at most {hosts}, the nodes with the role kafka"
        yield ("kafka", "brokers"), f"expected {most}; found {pillar.kafka.brokers}"


def _libmesos(pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    """Marathon loads a library of Mesos: a tarball is put beside it, a package is only where Mesos is."""
    if pillar.marathon.libmesos or pillar.mesos.source in (None, "artifact"):
        return
    for group, wanted in pillar.nodes.items():
        if "marathon" not in wanted.roles or not wanted.count:
            continue
        if pillar.mesos.source == "image":
            yield (
                ("marathon", "libmesos"),
                "expected the path of libmesos.so on nodes: mesos.source is image, and Marathon is in none",
            )
        elif not {"mesos-master", "mesos-agent"} & set(wanted.roles):
            yield (
                ("nodes", group, "roles"),
                "expected mesos-master as well: Marathon loads libmesos, and packages put it where Mesos is",
            )


def _ids(pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    brokers, controllers = _count(pillar, "kafka"), _count(pillar, "kafka-controller")
    ids = pillar.kafka.ids
    if controllers and max(ids.brokers, ids.controllers) < min(
        ids.brokers + brokers, ids.controllers + controllers
    ):
        yield (
            ("kafka", "ids"),
            f"expected apart; brokers are {ids.brokers} to {ids.brokers + brokers - 1}, "
            f"controllers {ids.controllers} to {ids.controllers + controllers - 1}",
        )


def _count(pillar: RegionSettings, role: Role) -> int:
    return sum(group.count for group in pillar.nodes.values() if role in group.roles)
