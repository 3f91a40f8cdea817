"""The one table of roles: what a role runs on a node, and what else follows from it. Pure.

The schema, a node's pillar, ``salt/top.sls``, certificates, artifacts, the order in which machines are
removed and what verification asserts on a node are read from here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from meridian.topology.kafka_mode import KRAFT, MODES


@dataclass(frozen=True)
class Role:
    """What follows from a role.

    :ivar formulas: what is applied to a node for it, in this order.
    :ivar service: name of the certificate, the user and the folder that its service has; roles that share one
        share it.
    :ivar unit: of systemd.
    :ivar artifacts: what is installed for it.
    :ivar slices: parts of the pillar that it needs, see :mod:`meridian.topology.slices`.
    :ivar removal: when its machines go, 0 first: those that nothing depends on before those that all do.
    :ivar data: whether it keeps data under ``/var/lib/meridian``.
    :ivar ports: settings that say where it listens, e.g. ``connect.port``.
    :ivar root: whether its service is root's, as an agent of Mesos has to be: it starts tasks as other users.
    :ivar entered: whether other users may go through its folder, as tasks do to their own.
    """

    formulas: tuple[str, ...]
    service: str
    unit: str
    artifacts: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    removal: int = 0
    data: bool = False
    ports: tuple[str, ...] = ()
    root: bool = False
    entered: bool = False


#: All roles by name, those first that others build on.
TABLE: dict[str, Role] = {
    "zookeeper": Role(
        formulas=("java", "zookeeper"),
        service="zookeeper",
        unit="meridian-zookeeper",
        artifacts=("zookeeper", "zookeeper-access"),
        slices=("zookeeper",),
        removal=6,
        data=True,
        ports=("zookeeper.ports.client", "zookeeper.ports.election"),
    ),
    "objectstore": Role(
        formulas=("objectstore",),
        service="objectstore",
        unit="meridian-objectstore",
        artifacts=("versitygw",),
        slices=("objectstore",),
        removal=7,
        data=True,
        ports=("objectstore.port",),
    ),
    "mesos-master": Role(
        formulas=("mesos",),
        service="mesos",
        unit="meridian-mesos-master",
        artifacts=("mesos",),
        slices=("mesos",),
        removal=5,
        data=True,
        ports=("mesos.ports.master",),
        entered=True,
    ),
    "mesos-agent": Role(
        formulas=("mesos",),
        service="mesos",
        unit="meridian-mesos-agent",
        artifacts=("mesos",),
        slices=("mesos",),
        removal=4,
        data=True,
        ports=("mesos.ports.agent",),
        root=True,
        entered=True,
    ),
    "marathon": Role(
        formulas=("java", "marathon"),
        service="marathon",
        unit="meridian-marathon",
        artifacts=("mesos", "marathon"),
        slices=("marathon", "scheduler", "search_scheduler"),
        removal=4,
        ports=("marathon.port",),
    ),
    "kafka-controller": Role(
        formulas=("java", "kafka"),
        service="kafka",
        unit="meridian-kafka",
        artifacts=MODES[KRAFT].artifacts,
        slices=("kafka",),
        removal=3,
        data=True,
        ports=("kafka.ports.controller",),
    ),
    "kafka": Role(
        formulas=("java", "kafka"),
        service="kafka",
        unit="meridian-kafka",
        artifacts=MODES[KRAFT].artifacts,
        slices=("scheduler", "kafka"),
        removal=2,
        data=True,
        ports=("kafka.ports.internal", "kafka.ports.external"),
    ),
    "connect": Role(
        formulas=("java", "connect"),
        service="connect",
        unit="meridian-connect",
        artifacts=("kafka", "kafka-cds", "connect-predicates"),
        slices=("connect",),
        removal=0,
        ports=("connect.port",),
    ),
    "archive": Role(
        formulas=("archive",),
        service="archive",
        unit="meridian-archiver",
        artifacts=("archiver-libs", "archiver"),
        slices=("archive",),
        removal=1,
    ),
    "elasticsearch": Role(
        formulas=("java", "elasticsearch"),
        service="elasticsearch",
        unit="meridian-elasticsearch",
        artifacts=("elasticsearch", "elasticsearch-sink-libs", "elasticsearch-sink"),
        slices=("search_scheduler", "elasticsearch"),
        removal=1,
        data=True,
        ports=("elasticsearch.ports.http",),
    ),
}
# Runs on one of the hosts of its tasks, whichever Marathon chooses.
_SCHEDULER = ("kafka-scheduler-libs", "kafka-scheduler")
# What the node's own states and modules are made of.
_COMMON = ("meridian",)
# What every node has, and what those have whose pillar has a section, with the role that goes with it. Fixed
# addresses first: Mesos and Marathon find ZooKeeper by them.
_EVERYWHERE = ("node", "pki")
_BY_SECTION = (
    ("proxy", "proxy", ""),
    ("kafka-scheduler", "kafka_scheduler", "kafka"),
    ("elasticsearch-scheduler", "elasticsearch_scheduler", "elasticsearch"),
)


def formulas(roles: Iterable[str], sections: Iterable[str]) -> tuple[str, ...]:
    """Return the formulas of a node's highstate, in order, each once.

    :param sections: keys of the node's pillar.
    """
    wanted, held = set(roles), set(sections)
    found = [formula for formula, section, role in _BY_SECTION if section in held and not role]
    found += [formula for name, role in TABLE.items() if name in wanted for formula in role.formulas]
    found += [formula for formula, section, role in _BY_SECTION if section in held and role in wanted]
    return tuple(dict.fromkeys((*_EVERYWHERE, *found)))


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
    return MODES[settings["kafka"]["mode"]].artifacts if role == "kafka" else TABLE[role].artifacts


def services(roles: Iterable[str]) -> tuple[str, ...]:
    """Return the services of a node with some roles that have a certificate of their own, each once."""
    wanted = set(roles)
    return tuple(dict.fromkeys(role.service for name, role in TABLE.items() if name in wanted))


def slices(roles: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of the pillar that a node with some roles needs, each once."""
    wanted = set(roles)
    return tuple(dict.fromkeys(one for name, role in TABLE.items() if name in wanted for one in role.slices))


def removal(roles: Iterable[str]) -> int:
    """Return when a machine with some roles is removed: with the last of them, the others' users are gone by
    then. A role that is unknown here goes first, with the clients.
    """
    return max((TABLE[role].removal for role in roles if role in TABLE), default=0)
