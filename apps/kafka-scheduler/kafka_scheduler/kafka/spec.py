"""What a broker is wanted to be: from text, as JSON, and what a change of it means. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler import option
from kafka_scheduler.kafka.options import OPTIONS
from kafka_scheduler.kafka.values import Mount, PortRange, Volume


@dataclass(frozen=True)
class BrokerSpec:
    """A broker as it is wanted. A changed one is a new one.

    :ivar mem: MB that the task gets; ``heap``: MB of them that are the JVM's heap.
    :ivar port: ports of the internal listener that may be taken; none: any port of an offer.
    :ivar port_external: the same for the listener to other regions; ``None``: it has none.
    :ivar volumes: persistent volumes; without one the data are in the sandbox and go with it.
    :ivar bind_address: name, address, pattern (``192.168.50.*``) or interface (``if:eth1``);
        ``None``: the host's.
    :ivar syslog: whether the broker logs to syslog.
    :ivar stickiness_period: seconds within which a stopped broker returns only to its last host.
    :ivar host_lost_period: seconds after which a broker is no longer bound to a host that is lost.
    :ivar data_lost_period: seconds after which the volumes of a host that is lost are given up, once other
        brokers have all their data; ``None``: only by name.
    :ivar options: lines of server.properties; ``$id`` and others are interpolated, see :meth:`settings`.
    :ivar constraints: attribute of the agent, or ``hostname``, → rule.
    :ivar failover_delay: seconds before the first try after a failure; doubles up to ``failover_max_delay``.
    :ivar failover_max_tries: failures after which the broker is deactivated; ``None``: never.
    :ivar container_type: ``mesos`` or ``docker``; ``None``: no container.
    """

    cpus: float = 1.0
    mem: int = 2048
    heap: int = 1024
    port: tuple[PortRange, ...] = ()
    port_external: tuple[PortRange, ...] | None = None
    volumes: tuple[Volume, ...] = ()
    bind_address: str | None = None
    syslog: bool = False
    stickiness_period: float = 600.0
    host_lost_period: float = 120.0
    data_lost_period: float | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    log4j_options: Mapping[str, str] = field(default_factory=dict)
    jvm_options: str | None = None
    constraints: Mapping[str, str] = field(default_factory=dict)
    failover_delay: float = 60.0
    failover_max_delay: float = 600.0
    failover_max_tries: int | None = None
    java_cmd: str | None = None
    container_type: str | None = None
    container_image: str | None = None
    container_mounts: tuple[Mount, ...] = ()

    def settings(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the options with ``$name`` and ``${name}`` replaced; ``$$`` is a dollar.

        :param variables: ``id``, ``host``, and the agent's attributes; a name not among them stays as it is.
        """

        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            return "$" if found[0] == "$$" else variables.get(name, found[0])

        pattern = re.compile(r"\$\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
        return {key: pattern.sub(value, text) for key, text in self.options.items()}

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data under the names that REST uses; what is not set is left out."""
        return {
            one.name: one.plain(getattr(self, one.field))
            for one in OPTIONS
            if getattr(self, one.field) not in (None, {}, ()) or one.field == "port"
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "BrokerSpec":
        """Return what :meth:`to_json` made.

        :raises MeridianError: a value is none that its option can have.
        """
        return parse({key: option.as_text(value) for key, value in data.items()}, checked=False)


def parse(given: Mapping[str, str], base: BrokerSpec | None = None, *, checked: bool = True) -> BrokerSpec:
    """Return a broker with some options set.

    :param given: option as REST names it → text; ``""`` sets it back to its default.
    :param base: what the others are; without it their defaults.
    :param checked: whether options have to go together.
    :raises MeridianError: there is no such option, its value is none it can have, or it contradicts another.
    """
    spec = replace(base or BrokerSpec(), **option.read(OPTIONS, given, BrokerSpec()))
    if checked:
        _check(spec)
    return spec


def modified(launched: BrokerSpec, wanted: BrokerSpec) -> tuple[str, ...]:
    """Return the options for which a running broker needs a restart, as REST names them.

    :param launched: what it was launched as.
    """
    return option.modified(OPTIONS, launched, wanted)


def _check(spec: BrokerSpec) -> None:
    if spec.heap >= spec.mem:
        raise MeridianError(
            f"option heap: {spec.heap} MB do not fit into mem {spec.mem} MB; leave some for the JVM itself"
        )
    if spec.failover_max_delay < spec.failover_delay:
        raise MeridianError("option failoverMaxDelay: is less than failoverDelay")
    if spec.container_type == "docker" and not spec.container_image:
        raise MeridianError("option containerImage: containerType docker needs an image")
    if not spec.container_type and (spec.container_image or spec.container_mounts):
        raise MeridianError("option containerType: containerImage and containerMounts need mesos or docker")
    disks = [one.disk for one in spec.volumes]
    if spec.volumes and "log.dirs" in spec.options:
        raise MeridianError(
            "option options: log.dirs and a volume exclude each other, a broker's data are there"
        )
    if len(disks) > 1 and disks.count("root") == len(disks):
        raise MeridianError("option volume: several volumes on one root disk gain nothing; make it one")
