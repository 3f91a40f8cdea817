"""What a node is wanted to be: from text, as JSON, and what a change of it means. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler import option
from kafka_scheduler.elasticsearch.options import OPTIONS
from kafka_scheduler.kafka.values import PortRange, Volume


@dataclass(frozen=True)
class NodeSpec:
    """A node as it is wanted. A changed one is a new one.

    :ivar mem: MB of the task; ``heap``: MB of them that are the JVM's heap.
    :ivar port: ports of HTTP that may be taken; ``port_transport``: of those among nodes.
    :ivar volumes: the persistent volume; without one the data are in the sandbox and go with it.
    :ivar stickiness_period: seconds within which a node without a volume returns only to its last host.
    :ivar host_lost_period: seconds after which such a node is no longer bound to a host that is lost.
    :ivar data_lost_period: seconds after which the volume of a host that is lost is given up, once the
        cluster is green without it; ``None``: only by name.
    :ivar constraints: attribute of the agent → rule.
    :ivar failover_delay: seconds before the first try after a failure; doubles up to ``failover_max_delay``.
    :ivar failover_max_tries: failures after which the node is deactivated; ``None``: never.
    """

    cpus: float = 1.0
    mem: int = 2048
    heap: int = 1024
    port: tuple[PortRange, ...] = (PortRange(9200, 9200),)
    port_transport: tuple[PortRange, ...] = (PortRange(9300, 9300),)
    volumes: tuple[Volume, ...] = ()
    stickiness_period: float = 600.0
    host_lost_period: float = 120.0
    data_lost_period: float | None = None
    jvm_options: str = ""
    constraints: Mapping[str, str] = field(default_factory=dict)
    failover_delay: float = 60.0
    failover_max_delay: float = 600.0
    failover_max_tries: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data under the names that REST uses; what is not set is left out."""
        return {
            one.name: one.plain(getattr(self, one.field))
            for one in OPTIONS
            if getattr(self, one.field) not in (None, {}, (), "")
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "NodeSpec":
        """Return what :meth:`to_json` made."""
        given = {key: option.as_text(value) for key, value in data.items()}
        return replace(cls(), **option.read(OPTIONS, given, cls()))


def parse(given: Mapping[str, str], base: NodeSpec | None = None) -> NodeSpec:
    """Return a node with some options set.

    :param given: option as REST names it → text; ``""`` sets it back to its default.
    :param base: what the others are; without it their defaults.
    :raises MeridianError: there is no such option, its value is none it can have, or it contradicts another.
    """
    spec = replace(base or NodeSpec(), **option.read(OPTIONS, given, NodeSpec()))
    if spec.heap * 2 > spec.mem:
        raise MeridianError(
            f"option heap: {spec.heap} MB are more than half of mem {spec.mem} MB; files are mapped beside it"
        )
    if len(spec.volumes) > 1:
        raise MeridianError("option volume: one volume is what a node can use")
    if (
        not spec.port
        or len(spec.port_transport) != 1
        or spec.port_transport[0].first != spec.port_transport[0].last
    ):
        raise MeridianError(
            "option portTransport: nodes look for each other at one port, name it; port: not auto"
        )
    if spec.failover_max_delay < spec.failover_delay:
        raise MeridianError("option failoverMaxDelay: is less than failoverDelay")
    return spec


def modified(launched: NodeSpec, wanted: NodeSpec) -> tuple[str, ...]:
    """Return the options for which a running node needs a restart, as REST names them."""
    return option.modified(OPTIONS, launched, wanted)
