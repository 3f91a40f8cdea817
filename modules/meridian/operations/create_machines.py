"""An environment's machines, as the ``cloud`` runner has them, and the local cloud's ground under them."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from meridian.cloud.lifecycle import outcome, record, replacing
from meridian.cloud.lifecycle.world import World, assess
from meridian.cloud.local import allocation, engine, limits, networks, wan
from meridian.cloud.local.allocation import Allocation
from meridian.cloud.local.driver import PROVIDER
from meridian.common.errors import MeridianError
from meridian.operations import providers, workers
from meridian.salt_api import machines, progress
from meridian.salt_api.answers import Listener
from meridian.salt_api.machines import ProviderClient
from meridian.topology.model import Topology

_PHASE = "nodes"


def ensure(opts: dict[str, Any], topology: Topology, parallel: int, timeout: int) -> dict[str, Any]:
    """Have every machine of an environment run and answer.

    All providers are asked before anything is made: one that refuses us must not leave half a platform.

    :param opts: the master's options.
    :param topology: the environment.
    :param parallel: how many machines are made at a time, at a provider without a setting of its own.
    :param timeout: seconds that minions have to answer.
    :returns: ``ok``, ``changes`` (a list of lines), ``comment``, ``unmanaged`` and, by name, ``made``,
        ``started``, ``kept``.
    :raises MeridianError: with name and reason of each machine that could not be made or does not answer.
    """
    changes: list[str] = []
    given, tag = None, ""
    asked = providers.remote(opts, topology)
    listings = _listings(asked)
    record.add(providers.record_file(), topology.environment, providers.kinds(topology))
    if topology.is_local:
        given = allocation.ensure(topology.environment, client=engine.client())
        changes += _ground(topology, given)
        tag = providers.node_image(engine.client(timeout=600))
        here = providers.local(opts, topology, given)
        listings |= _listings(here)
        asked |= here
    world = _assess(topology, listings)
    _refuse_guessing(world)
    providers.want(asked, topology, given, tag, world.existing)
    no_longer_named = asked.keys() - providers.kinds(topology).keys()
    record.left(providers.record_file(), topology.environment, no_longer_named)
    made, started = _raise_up(opts, topology, asked, world, parallel)
    _protect(topology, asked)
    changes += [f"{name} made" for name in made] + [f"{name} started" for name in started]
    if given is not None:
        # Now, while the new nodes are still starting.
        changed = wan.ensure_gateways(topology, given, tag, engine.client())
        changes += [f"{name} made" for name in changed]
    _wait(opts, asked, topology, made, timeout)
    wanted = {node.id for node in topology.nodes}
    for name in sorted(
        machines.accepted_keys(opts, f".{topology.environment}") - wanted - set(world.unmanaged)
    ):
        machines.forget_key(opts, name)
        changes.append(f"key of {name} removed, it has no machine")
    if world.unmanaged:
        _note(opts, f"not in the environment, left alone: {', '.join(world.unmanaged)}")
    return {
        "ok": True,
        "changes": changes,
        "comment": f"{len(wanted)} nodes answer, {len(made)} of them new",
        "made": made,
        "started": started,
        "kept": sorted(wanted - set(made) - set(started)),
        "unmanaged": list(world.unmanaged),
    }


def status(opts: dict[str, Any], topology: Topology) -> dict[str, Any]:
    """Return what there is of an environment.

    :returns: ``nodes`` (state and addresses by name), ``missing``, ``unmanaged``; in the local cloud ``wan``.
    """
    given = _allotted(topology)
    if given is None and not topology.is_remote:
        return {"nodes": {}, "missing": [node.id for node in topology.nodes], "unmanaged": [], "wan": {}}
    world = _assess(topology, _listings(_asked(opts, topology, given)))
    found: dict[str, Any] = {
        "nodes": {
            name: {"state": seen["state"], "addresses": seen["private_ips"], "image": seen["image"]}
            for name, seen in world.existing.items()
        },
        "missing": sorted([*world.missing, *world.incomplete]),
        "unmanaged": list(world.unmanaged),
    }
    if given is not None:
        found["wan"] = wan.status(engine.client(), given.platform, topology.environment)
    return found


def describe(opts: dict[str, Any], topology: Topology) -> dict[str, Any]:
    """Return what there is of an environment beside what the pillar wants, for a plan; changes nothing.

    :returns: ``existing`` (entry of ``list_nodes_full`` by name), ``missing``, ``incomplete`` and
        ``unmanaged`` (names; a node is in one of the first three only), ``replace`` (reason by name, of
        existing ones).
    :raises MeridianError: a provider could not be asked, or it would be a guess which machine is meant.
    """
    given = _allotted(topology)
    asked = _asked(opts, topology, given)
    world = _assess(topology, _listings(asked))
    if world.conflicts:
        raise MeridianError("; ".join(world.conflicts))
    providers.want(asked, topology, given)
    existing = {**world.existing, **world.elsewhere}
    replace = replacing.moved(world.elsewhere, _places(topology))
    for site in asked.values():
        wanted = {name: str(one.get("size", "")) for name, one in site.missing(()).items()}
        offered = functools.partial(site.call, "avail_sizes")
        replace |= replacing.resized(wanted, world.existing, offered)
    return {
        "existing": existing,
        "missing": list(world.missing),
        "incomplete": list(world.incomplete),
        "unmanaged": list(world.unmanaged),
        "replace": replace,
    }


def _allotted(topology: Topology) -> Allocation | None:
    return allocation.find(topology.environment) if topology.is_local else None


def _asked(opts: dict[str, Any], topology: Topology, given: Allocation | None) -> dict[str, ProviderClient]:
    """Return the sites that can be asked; the local cloud has none before its first deployment."""
    return providers.remote(opts, topology) | (providers.local(opts, topology, given) if given else {})


def _listings(asked: Mapping[str, ProviderClient]) -> dict[str, dict[str, Any]]:
    return {alias: site.listed() for alias, site in asked.items()}


def _assess(topology: Topology, listings: Mapping[str, Mapping[str, Any]]) -> World:
    return assess(topology.environment, _places(topology), listings)


def _places(topology: Topology) -> dict[str, str]:
    """Return each node's provider by its id."""
    return {node.id: node.provider for node in topology.nodes}


def _refuse_guessing(world: World) -> None:
    """Make nothing while it is not clear which machine is meant.

    :raises MeridianError: with a line for each such machine.
    """
    lines = [*world.conflicts]
    for name, seen in sorted(world.elsewhere.items()):
        if name not in world.existing:
            lines.append(
                f"{name}: {seen['id']} is at {seen['provider']}, which its region has left; "
                "give the region that provider back, or remove the machine there"
            )
    if lines:
        raise MeridianError("; ".join(lines))


def _ground(topology: Topology, given: Allocation) -> list[str]:
    """Have the kernel's limits and the networks that the local cloud needs."""
    client = engine.client()
    told = limits.ensure()
    if networks.ensure_management(given, client):
        told.append("management network made")
    local = [region.name for region in topology.regions if region.is_local]
    made = networks.ensure_regions(given, topology.environment, local, client)
    return told + [f"network of {region} made" for region in made]


def _raise_up(
    opts: dict[str, Any], topology: Topology, asked: Mapping[str, ProviderClient], world: World, parallel: int
) -> tuple[list[str], list[str]]:
    """Start what is stopped and make what is missing; return the names of both, made first."""
    at = _places(topology)
    if world.incomplete:
        _note(opts, f"incomplete, recreated: {', '.join(world.incomplete)}")
    failed = _run(asked, "remove", _grouped(at, world.incomplete), parallel)
    if failed:
        raise MeridianError(
            outcome.not_removed(topology.environment, len(world.incomplete) - len(failed), failed)
        )
    failed = _run(asked, "start", _grouped(at, world.stopped), parallel)
    create: dict[str, dict[str, Any]] = {}
    for alias, site in asked.items():
        mine = [name for name in (*world.missing, *world.incomplete) if at[name] == alias]
        settings = site.missing(world.existing)
        create[alias] = {name: settings[name] for name in mine}
    total = sum(len(group) for group in create.values())
    count = 0

    def done(name: str, reason: str) -> None:
        nonlocal count
        count += 1
        _note(opts, f"{name} {'FAILED: ' + reason if reason else 'made'} ({count}/{total})")

    failed |= _run(asked, "create", create, parallel, done)
    if failed:
        raise MeridianError(outcome.not_made(create, world.stopped, failed))
    made = sorted(name for group in create.values() for name in group)
    return made, list(world.stopped)


def _protect(topology: Topology, asked: Mapping[str, ProviderClient]) -> None:
    """Open each machine's ports to the addresses that the others have got by now."""
    remote = {alias: asked[alias] for alias, kind in providers.kinds(topology).items() if kind != PROVIDER}
    if any(node.open_ports for node in topology.nodes):
        existing = _assess(topology, _listings(remote)).existing
        providers.want(remote, topology, addresses=existing)
        for site in remote.values():
            site.protect()


def _run(
    asked: Mapping[str, ProviderClient],
    action: str,
    work: Mapping[str, Mapping[str, Any]],
    parallel: int,
    done: Any = lambda name, reason: None,
) -> dict[str, outcome.Failure]:
    return workers.run(providers.jobs(asked, action, work, parallel), done)


def _grouped(at: Mapping[str, str], wanted: Iterable[str]) -> dict[str, dict[str, None]]:
    """Return names by provider."""
    found: dict[str, dict[str, None]] = {}
    for name in wanted:
        found.setdefault(at[name], {})[name] = None
    return found


def _wait(
    opts: dict[str, Any],
    asked: Mapping[str, ProviderClient],
    topology: Topology,
    made: list[str],
    timeout: int,
) -> None:
    at = _places(topology)
    with Listener(opts) as listener:
        silent = listener.silent(at, timeout)
    if not silent:
        return
    listed = {name: seen for listing in _listings(asked).values() for name, seen in listing.items()}
    keys = machines.accepted_keys(opts, f".{topology.environment}")
    reasons = []
    for name in silent:
        state = str(listed.get(name, {}).get("state", "gone")).lower()
        reason = (
            f"{state}, its minion does not answer" if name in keys else f"{state}, its key is not accepted"
        )
        if name in made:
            # It holds no data yet, and the next run shall make it anew instead of waiting for it again.
            asked[at[name]].remove(name)
            reason += "; removed"
        reasons.append(f"{name}: {reason}")
    raise MeridianError(f"{len(silent)} of {len(at)} nodes silent after {timeout} s: {'; '.join(reasons)}")


def _note(opts: dict[str, Any], message: str) -> None:
    progress.report(opts, _PHASE, "note", message=message)
