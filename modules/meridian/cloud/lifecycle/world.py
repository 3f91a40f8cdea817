"""What there is of an environment at its providers, beside what the pillar wants. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meridian.cloud.lifecycle.creation import UP
from meridian.cloud.lifecycle.ownership import duplicate, is_ours, living

# What a create that was killed or broke down leaves behind.
HALF_MADE = ("PENDING", "ERROR")

_REMOVE_ONE = "remove all but one by their ids"

Listing = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class World:
    """An environment's machines.

    :ivar existing: entry of ``list_nodes_full`` of each machine that is wanted, ours and whole, by name.
    :ivar missing: names of the wanted machines that are not there at all.
    :ivar incomplete: names of ours whose making did not end; they hold no data yet.
    :ivar stopped: names of the existing ones that do not run.
    :ivar unmanaged: names that bear the environment's name or tags but are not wanted; never touched.
    :ivar conflicts: one line for each name that it would be a guess to work on.
    :ivar elsewhere: entry, with its ``provider``, of each wanted machine of ours that is at another
        provider than the pillar says, by name.
    """

    existing: Mapping[str, Mapping[str, Any]]
    missing: tuple[str, ...]
    incomplete: tuple[str, ...]
    stopped: tuple[str, ...]
    unmanaged: tuple[str, ...]
    conflicts: tuple[str, ...]
    elsewhere: Mapping[str, Mapping[str, Any]]


def assess(environment: str, wanted: Mapping[str, str], listings: Mapping[str, Listing]) -> World:
    """Compare what is wanted with what the providers list.

    :param environment: its name.
    :param wanted: provider alias by node id.
    :param listings: ``list_nodes_full`` of each provider, by its alias.
    """
    whole: dict[str, Mapping[str, Any]] = {}
    incomplete, unmanaged, conflicts = [], set(), []
    elsewhere: dict[str, Mapping[str, Any]] = {}
    for provider, listing in listings.items():
        for name, seen in living(listing).items():
            ours = is_ours(seen, environment)
            if name not in wanted:
                if ours or name.endswith(f".{environment}"):
                    unmanaged.add(name)
                continue
            problem = conflict(name, provider, seen, ours)
            if problem:
                conflicts.append(problem)
            elif wanted[name] != provider:
                elsewhere[name] = {**seen, "provider": provider}
            elif seen["state"] in HALF_MADE:
                incomplete.append(name)
            else:
                whole[name] = seen
    for name in sorted(elsewhere.keys() & whole.keys()):
        both = [(wanted[name], str(whole[name]["id"]))]
        both += [(str(elsewhere[name]["provider"]), str(elsewhere[name]["id"]))]
        conflicts.append(_apart(name, both))
    known = {*whole, *incomplete, *elsewhere, *(line.partition(":")[0] for line in conflicts)}
    return World(
        existing=whole,
        missing=tuple(name for name in wanted if name not in known),
        incomplete=tuple(sorted(incomplete)),
        stopped=tuple(sorted(name for name, seen in whole.items() if seen["state"] not in UP)),
        unmanaged=tuple(sorted(unmanaged)),
        conflicts=tuple(sorted(conflicts)),
        elsewhere=elsewhere,
    )


def conflict(name: str, provider: str, seen: Mapping[str, Any], ours: bool) -> str:
    """Return why a machine must not be worked on, in one line that begins with its name; empty when it may.

    :param seen: its entry in ``list_nodes_full``.
    :param ours: whether it has our tags.
    """
    ids = duplicate(seen)
    if ids:
        return _apart(name, [(provider, identity) for identity in ids])
    if not ours:
        return (
            f"{name}: {provider} has a machine of that name without our tags, {seen.get('id', '')}; "
            "rename or remove it"
        )
    return ""


def owned(environment: str, listings: Mapping[str, Listing]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return what may be destroyed: machines with our tags of one environment, whatever their names.

    :param listings: see :func:`assess`.
    :returns: entry by name, each with its ``provider``; and a line for each that it would be a guess to take.
    """
    places: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    conflicts = []
    for provider, listing in listings.items():
        for name, seen in living(listing).items():
            ours = is_ours(seen, environment)
            if duplicate(seen) and (ours or name.endswith(f".{environment}")):
                conflicts.append(conflict(name, provider, seen, ours))
            elif ours:
                places.setdefault(name, []).append((provider, seen))
    found = {}
    for name, several in places.items():
        if len(several) > 1:
            conflicts.append(_apart(name, [(provider, str(seen["id"])) for provider, seen in several]))
        else:
            found[name] = {**several[0][1], "provider": several[0][0]}
    return found, sorted(conflicts)


def _apart(name: str, places: Sequence[tuple[str, str]]) -> str:
    ids = " and ".join(f"{identity} at {provider}" for provider, identity in places)
    return f"{name}: {len(places)} machines of one name, {ids}; {_REMOVE_ONE}"
