"""States of living nodes, as ``test=True`` told them. Their diffs are not read: they may hold secrets."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.plan import nodes
from meridian.plan.change import Change, ChangeKind, Difference
from meridian.plan.observed import World
from meridian.topology.model import Region

_ARCHIVE = "archive"
# Salt's key of a state: module, id, name and function.
_SEPARATOR = "_|-"


def compare(region: Region, world: World) -> Iterator[Change]:
    """Yield each state that is no longer, or not yet, true on a machine that is there.

    An archive that has no machine yet is missing; states of other new machines are not told one by one.
    """
    for node in region.nodes:
        if node.id not in world.nodes:
            if _ARCHIVE in node.roles:
                yield Change(_ARCHIVE, node.id, region.name, ChangeKind.MISSING)
            continue
        if not nodes.is_up(world.nodes[node.id]):
            yield Change(
                "state",
                node.id,
                region.name,
                ChangeKind.UNKNOWN,
                reason="the machine does not run: it is started, then its states are applied",
            )
            continue
        returned = world.states.get(node.id, "its minion does not answer")
        if isinstance(returned, str):
            reason = f"states could not be compared: {returned}"
            yield Change("state", node.id, region.name, ChangeKind.UNKNOWN, reason=reason)
            continue
        for key, state in sorted(returned.items(), key=lambda one: int(one[1].get("__run_num__", 0))):
            yield from _state(node.id, region.name, key, state)


def _state(node: str, region: str, key: str, state: Mapping[str, Any]) -> Iterator[Change]:
    module, declared, name, function = key.split(_SEPARATOR)
    changes = state.get("changes")
    if state.get("result") is True and not changes:
        return
    kind = _ARCHIVE if module == _ARCHIVE else "state"
    declared = str(state.get("__id__") or declared)
    identity = f"{node}: {declared}" + (f" ({name})" if name != declared else "")
    if state.get("result") is False:
        comment = str(state.get("comment") or "no reason given").strip().splitlines()[0]
        reason = f"{module}.{function} fails: {comment}"
        yield Change(kind, identity, region, ChangeKind.UNKNOWN, reason=reason)
        return
    parts = ", ".join(sorted(map(str, changes))) if isinstance(changes, Mapping) else ""
    what = f"{module}.{function}" + (f" ({parts})" if parts else "")
    yield Change(kind, identity, region, ChangeKind.DIFFERS, (Difference(what, "applied", "not true"),))
