"""What a flow carries, and under which name it arrives: read from the topology, not asked of the mirror."""

from meridian.topology.model import Flow, Topology
from meridian.topology.patterns import matches


def carries(flow: Flow, topic: str) -> bool:
    """Return whether a flow that is switched on takes a topic along; a flow names topics by expressions."""
    return bool(flow.settings["enabled"]) and matches(flow.settings["topics"], topic)


def arrives_as(flow: Flow, topic: str) -> str:
    """Return the topic's name in the flow's target cluster."""
    return topic if flow.settings["naming"] == "identity" else f"{flow.source}.{topic}"


def flows(topology: Topology, topic: str) -> list[Flow]:
    """Return the flows that carry a topic."""
    return [flow for flow in topology.flows if carries(flow, topic)]
