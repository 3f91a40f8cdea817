"""What a role brings with it: artifacts, and a certificate of its own. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from meridian.topology.kafka_mode import KRAFT, MODES


@dataclass(frozen=True)
class _Role:
    """What follows from a role.

    :ivar service: name of the certificate that its service has; roles that share one share it.
    :ivar artifacts: what is installed for it.
    """

    service: str
    artifacts: tuple[str, ...]


_ROLES = {
    "zookeeper": _Role("zookeeper", ("zookeeper", "zookeeper-access")),
    "mesos-master": _Role("mesos", ("mesos",)),
    "mesos-agent": _Role("mesos", ("mesos",)),
    "marathon": _Role("marathon", ("mesos", "marathon")),
    "kafka-controller": _Role("kafka", MODES[KRAFT].artifacts),
    "kafka": _Role("kafka", MODES[KRAFT].artifacts),
    "connect": _Role("connect", ("kafka", "kafka-cds", "connect-predicates")),
    "archive": _Role("archive", ("archiver-libs", "archiver")),
    "objectstore": _Role("objectstore", ("versitygw",)),
    "elasticsearch": _Role(
        "elasticsearch", ("elasticsearch", "elasticsearch-sink-libs", "elasticsearch-sink")
    ),
}
#: All roles, those first that others build on.
NAMES = tuple(_ROLES)
# Runs on one of the hosts of its tasks, whichever Marathon chooses.
_SCHEDULER = ("kafka-scheduler-libs", "kafka-scheduler")
# What the node's own states and modules are made of.
_COMMON = ("meridian",)


def artifacts(settings: Mapping[str, Any], roles: Iterable[str]) -> tuple[str, ...]:
    """Return the artifacts of a node with some roles, each once.

    :param settings: the pillar of its region: which software a role means may depend on it.
    """
    wanted = list(roles)
    names = [*_COMMON, *(name for role in wanted for name in _artifacts(settings, role))]
    if any(one in wanted and settings[one]["runtime"] == "mesos" for one in ("kafka", "elasticsearch")):
        names += _SCHEDULER
    # Packages bring libmesos for Marathon too; with images it is named by marathon.libmesos.
    elsewhere = {"mesos"} if (settings.get("mesos") or {}).get("source") in ("package", "image") else set()
    return tuple(name for name in dict.fromkeys(names) if name not in elsewhere)


def _artifacts(settings: Mapping[str, Any], role: str) -> tuple[str, ...]:
    # Connect is of the newest Kafka, whatever its brokers are of.
    return MODES[settings["kafka"]["mode"]].artifacts if role == "kafka" else _ROLES[role].artifacts


def services(roles: Iterable[str]) -> tuple[str, ...]:
    """Return the services of a node with some roles that have a certificate of their own, each once."""
    wanted = set(roles)
    return tuple(dict.fromkeys(role.service for name, role in _ROLES.items() if name in wanted))
