"""What becomes of connectors of ours that no flow of the pillar names: paused, removed, or told of."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

from meridian.common.errors import MeridianError
from meridian.common.retry import until
from meridian.services.connect.client import ConnectClient
from meridian.services.mirror import handover, ownership

Policy = Literal["pause", "remove", "report"]
_SETTLE = 15.0
_POLL = 0.2


def compare(found: Mapping[str, str], policy: str) -> dict[str, dict[str, Any]]:
    """Return what a policy changes of unmanaged connectors, as a Salt state reports it.

    :param found: their states by name, see :func:`meridian.services.mirror.ownership.unmanaged`.
    :param policy: ``mirror.unmanaged_connectors`` of the pillar: ``pause``, ``remove`` or ``report``.
    :raises MeridianError: there is no such policy.
    """
    if policy not in get_args(Policy):
        raise MeridianError(f"unmanaged_connectors: expected pause, remove or report, found {policy!r}")
    if policy == "remove":
        return {name: {"old": state, "new": None} for name, state in found.items()}
    if policy == "pause":
        running = {name: state for name, state in found.items() if not ownership.idle(state)}
        # Connect does not pause what has failed.
        return {
            name: {"old": state, "new": "STOPPED" if state == "FAILED" else "PAUSED"}
            for name, state in running.items()
        }
    return {}


def settle(client: ConnectClient, flows: Iterable[str], policy: str) -> dict[str, dict[str, Any]]:
    """Do to unmanaged connectors what the policy says, wait until it shows, and return what was changed.

    :param flows: names of the pillar's flows into the region.
    """
    flows = list(flows)

    def todo() -> dict[str, dict[str, Any]]:
        return compare(ownership.unmanaged(client.connectors(), flows), policy)

    changes = todo()
    if policy == "remove":
        handover.delete(client, changes)
    else:
        for name, change in changes.items():
            (client.pause if change["new"] == "PAUSED" else client.stop)(name)
    if changes:
        until(lambda: not todo(), _SETTLE, _POLL)
    return changes
