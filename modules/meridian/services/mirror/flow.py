"""A flow as MirrorMaker 2 has to be told it: both ends' addresses, and the pillar's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError
from meridian.topology import mirrored
from meridian.topology.model import Flow, Topology
from meridian.topology.patterns import matches

KINDS = ("source", "checkpoint", "heartbeat")
_MIRROR = "org.apache.kafka.connect.mirror"
_POLICIES = {
    "source_prefix": f"{_MIRROR}.DefaultReplicationPolicy",
    "identity": f"{_MIRROR}.IdentityReplicationPolicy",
}
#: The topic of heartbeats on the source.
HEARTBEATS = "heartbeats"
# A checkpoint connector has a task only while the source has consumer groups.
MAY_LACK_TASKS = ("checkpoint",)


@dataclass(frozen=True)
class FlowSpec:
    """One flow, complete.

    :ivar source_bootstrap: ``host:port,…`` of the source cluster as the workers reach it.
    :ivar target_bootstrap: ``host:port,…`` of the target cluster as the workers reach it.
    :ivar settings: its pillar: topics, naming, filter, tasks_max, offset_sync, heartbeats, enabled, …
    """

    name: str
    source: str
    target: str
    source_bootstrap: str
    target_bootstrap: str
    settings: Mapping[str, Any]

    @property
    def enabled(self) -> bool:
        """Whether its connectors are meant to run; else they are paused."""
        return bool(self.settings.get("enabled", True))

    @property
    def heartbeats(self) -> bool:
        """Whether it sends heartbeats and carries them."""
        return bool(self.settings.get("heartbeats", True))

    @property
    def policy(self) -> str:
        """The class by which MirrorMaker names topics in the target."""
        return _POLICIES[self.settings.get("naming", "source_prefix")]

    def carries(self, topic: str) -> bool:
        """Return whether it mirrors a topic of this name, heartbeats included."""
        return matches(self.topics, topic) or (self.heartbeats and topic == HEARTBEATS)

    def passes_over(self, topic: str) -> str:
        """Return why MirrorMaker never mirrors a topic that the flow names; empty when it does."""
        given = self.settings.get("config", {}).get("topics.exclude")
        exclude = mirrored.EXCLUDED if given is None else [one.strip() for one in str(given).split(",")]
        return mirrored.why_not(topic, self.target, self.settings.get("naming", "source_prefix"), exclude)

    def copy_of(self, topic: str) -> str:
        """Return the name that a topic of the source has in the target."""
        own = self.settings.get("naming", "source_prefix") == "identity" and topic != HEARTBEATS
        return topic if own else f"{self.source}.{topic}"

    @property
    def connectors(self) -> dict[str, str]:
        """Names of the connectors that the flow is made of, by kind."""
        kinds = ["source"]
        if self.settings.get("offset_sync", True):
            kinds.append("checkpoint")
        if self.heartbeats:
            kinds.append("heartbeat")
        return {kind: connector_name(self.name, kind) for kind in kinds}

    @property
    def topics(self) -> tuple[str, ...]:
        """Names, or regular expressions that match whole names, of the topics that it carries."""
        return tuple(self.settings["topics"])


def connector_name(flow: str, kind: str) -> str:
    """Return the name of a flow's connector: ``<flow>.source``, ``.checkpoint`` or ``.heartbeat``."""
    return f"{flow}.{kind}"


def flow_of(connector: str) -> str | None:
    """Return the flow that a connector is named for, ``None`` where its name is none of a flow's."""
    name, _, kind = connector.rpartition(".")
    return name if name and kind in KINDS else None


def from_pillar(name: str, pillar: Mapping[str, Any]) -> FlowSpec:
    """Return a flow from a node's pillar (``flows: <name>:``).

    :raises MeridianError: naming the key that is missing or unusable.
    """
    ends = ("source", "target", "source_bootstrap", "target_bootstrap")
    missing = [key for key in (*ends, "topics") if not pillar.get(key)]
    if missing:
        raise MeridianError(f"flow {name}: pillar flows:{name} lacks {', '.join(missing)}")
    settings = {key: value for key, value in pillar.items() if key not in ends}
    source, target, source_bootstrap, target_bootstrap = (str(pillar[end]) for end in ends)
    return _checked(FlowSpec(name, source, target, source_bootstrap, target_bootstrap, settings))


def from_topology(topology: Topology, flow: Flow) -> FlowSpec:
    """Return a flow as an operator outside the regions reaches it: both ends by their external addresses."""
    return _checked(
        FlowSpec(
            flow.name,
            flow.source,
            flow.target,
            topology.region(flow.source).kafka_bootstrap_external,
            topology.region(flow.target).kafka_bootstrap_external,
            flow.settings,
        )
    )


def _checked(flow: FlowSpec) -> FlowSpec:
    for topic in flow.topics:
        if "," in topic:
            raise MeridianError(
                f"flow {flow.name}: topic '{topic}' has a comma in it, which MirrorMaker takes for the end "
                "of a name; name the topics one by one"
            )
    return flow
