"""What the proxy is told, so that its backends lead to where servers are now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from meridian.services.discovery.model import Endpoint, Slot, Wanted


@dataclass(frozen=True)
class Changes:
    """What has to be done; empty, and false, when nothing has.

    :ivar commands: of the proxy's runtime API, in their order.
    :ivar added: servers that a backend leads to from now on, as ``backend address:port``.
    :ivar removed: those that it leads to no longer.
    :ivar left_out: wanted servers that there is no slot for.
    """

    commands: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.commands)

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.commands + other.commands,
            self.added + other.added,
            self.removed + other.removed,
            self.left_out + other.left_out,
        )


def needed(wanted: Wanted, slots: Sequence[Slot]) -> Changes:
    """Return what has to change in all backends that servers are known of.

    A backend whose servers nobody knows is left as it is: an address that may be old is better than none, and
    the proxy's own health checks tell which still answer.
    """
    changes = Changes()
    for backend, endpoints in sorted(wanted.items()):
        own = [slot for slot in slots if slot.backend == backend]
        if own and endpoints:
            changes += _in_backend(backend, sorted(set(endpoints)), own)
    return changes


def _in_backend(backend: str, wanted: Sequence[Endpoint], slots: Sequence[Slot]) -> Changes:
    """New servers come before old ones go, so that clients always find one."""
    kept: dict[Endpoint, Slot] = {}
    for slot in sorted(slots, key=lambda one: not one.ready):
        if slot.endpoint in wanted and slot.endpoint is not None:
            kept.setdefault(slot.endpoint, slot)
    others = [slot for slot in slots if slot not in kept.values()]
    # Slots out of use are taken first, and those that nobody wants any more only when there is no other.
    free = [slot for slot in others if not slot.ready] + [slot for slot in others if slot.ready]
    new = [endpoint for endpoint in wanted if endpoint not in kept]
    taken = dict(zip(new, free, strict=False))
    commands = [_state(slot, "ready") for slot in kept.values() if not slot.ready]
    added = [endpoint for endpoint, slot in kept.items() if not slot.ready]
    for endpoint, slot in taken.items():
        if slot.ready:
            commands.append(_state(slot, "maint"))
        commands.append(f"set server {backend}/{slot.name} addr {endpoint.address} port {endpoint.port}")
        commands.append(_state(slot, "ready"))
        added.append(endpoint)
    old = [slot for slot in others if slot.ready]
    commands += [_state(slot, "maint") for slot in old if slot not in taken.values()]
    return Changes(
        tuple(commands),
        tuple(f"{backend} {endpoint}" for endpoint in added),
        tuple(f"{backend} {slot.endpoint or slot.name}" for slot in old),
        tuple(f"{backend} {endpoint}" for endpoint in new if endpoint not in taken),
    )


def _state(slot: Slot, state: str) -> str:
    return f"set server {slot.backend}/{slot.name} state {state}"
