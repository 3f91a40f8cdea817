"""Which connectors of a Connect cluster are ours, and which of them no flow of the pillar names. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from meridian.services.mirror.flow import KINDS, connector_name, flow_of

#: Key in a connector's configuration: the flow that it was made for. Connect and MirrorMaker pass it over.
MARKER = "meridian.flow"
_CLASSES = {
    "source": ("MirrorSourceConnector", "ProgressMirrorSourceConnector"),
    "checkpoint": ("MirrorCheckpointConnector",),
    "heartbeat": ("MirrorHeartbeatConnector",),
}

Seen = Mapping[str, Mapping[str, Any]]


def owner(name: str, config: Mapping[str, str]) -> str | None:
    """Return the flow that a connector was made for, ``None`` for one that is none of ours.

    Ours are those that bear our mark, and those of before there was one: MirrorMaker's, named as flows are
    after the clusters that they join.
    """
    if config.get(MARKER):
        return config[MARKER]
    flow = flow_of(name)
    if flow is None or name != connector_name(flow, kind(config) or ""):
        return None
    ends = f"{config.get('source.cluster.alias')}-to-{config.get('target.cluster.alias')}"
    return flow if flow == ends or flow.startswith(f"{ends}-") else None


def kind(config: Mapping[str, str]) -> str | None:
    """Return which of MirrorMaker's connectors one is: ``source``, ``checkpoint`` or ``heartbeat``."""
    name = config.get("connector.class", "").rpartition(".")[2]
    return next((one for one, names in _CLASSES.items() if name in names), None)


def unmanaged(seen: Seen, flows: Iterable[str]) -> dict[str, str]:
    """Return the connectors of ours that no flow has, with their state.

    :param seen: what :meth:`ConnectClient.connectors` returns.
    :param flows: names of the pillar's flows into the region.
    """
    wanted = {connector_name(flow, kind) for flow in flows for kind in KINDS}
    return {
        name: state(entry)
        for name, entry in sorted(seen.items())
        if name not in wanted and owner(name, entry["config"]) is not None
    }


def state(entry: Mapping[str, Any]) -> str:
    """Return a connector's state, ``UNKNOWN`` for one that was only just made."""
    return (entry["status"].get("connector") or {}).get("state") or "UNKNOWN"


def idle(state: str) -> bool:
    """Return whether a connector in a state does nothing, and will not by itself."""
    return state in ("PAUSED", "STOPPED")


def running(found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return, one line each, the unmanaged connectors that run: paused ones only wait to be removed."""
    return [
        f"connector {name} in {one['region']} is {one['state']}, and no flow of the pillar has it: what it "
        "writes is doubled or unasked for; a deployment does with it as mirror.unmanaged_connectors says"
        for name, one in found.items()
        if not idle(one["state"])
    ]
