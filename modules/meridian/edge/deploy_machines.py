"""What the ``cloud`` runner does: an environment's machines, and the local cloud's ground under them."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.types import NodeState

from meridian import paths
from meridian.artifacts import index
from meridian.artifacts.store import Store
from meridian.cloud import allotment, engine, image, limits, networks, spec, wan
from meridian.cloud.allotment import Allotment
from meridian.cloud.local_driver import PROVIDER
from meridian.edge import machines, progress
from meridian.edge.answers import Listener
from meridian.errors import MeridianError
from meridian.topology.model import Topology

_PHASE = "nodes"
_UP = (str(NodeState.RUNNING).upper(), str(NodeState.REBOOTING).upper())
_HALF_MADE = (str(NodeState.PENDING).upper(), str(NodeState.ERROR).upper())


def ensure(opts: dict[str, Any], topology: Topology, parallel: int, timeout: int) -> dict[str, Any]:
    """Have every machine of an environment run and answer.

    :param opts: the master's options.
    :param topology: the environment.
    :param parallel: how many machines are made at a time.
    :param timeout: seconds that minions have to answer.
    :returns: ``ok``, ``changes`` (a list of lines), ``comment``, ``strangers`` and, by name, ``made``,
        ``started``, ``kept``.
    :raises MeridianError: with name and reason of each machine that could not be made or does not answer.
    """
    changes: list[str] = []
    given, tag = None, ""
    if topology.provider == PROVIDER:
        given = allotment.ensure(topology.environment, client=engine.client())
        changes += _ground(topology, given)
        tag = node_image(engine.client(timeout=600))
    site = _site(opts, topology, given, tag)
    plan = _plan(site, topology)
    made, started = _raise_up(opts, site, plan, parallel)
    changes += [f"{name} made" for name in made] + [f"{name} started" for name in started]
    if given is not None:
        # Now, while the new nodes are still starting.
        changed = wan.ensure_gateways(topology, given, tag, engine.client())
        changes += [f"{name} made" for name in changed]
    _wait(opts, site, topology, made, timeout)
    wanted = {node.id for node in topology.nodes}
    for name in sorted(
        machines.accepted_keys(opts, f".{topology.environment}") - wanted - set(plan.strangers)
    ):
        machines.forget_key(opts, name)
        changes.append(f"key of {name} removed, it has no machine")
    if plan.strangers:
        _note(opts, f"not in the environment, left alone: {', '.join(plan.strangers)}")
    return {
        "ok": True,
        "changes": changes,
        "comment": f"{len(wanted)} nodes answer, {len(made)} of them new",
        "made": made,
        "started": started,
        "kept": sorted(wanted - set(made) - set(started)),
        "strangers": plan.strangers,
    }


def status(opts: dict[str, Any], topology: Topology) -> dict[str, Any]:
    """Return what there is of an environment.

    :returns: ``nodes`` (state and addresses by name), ``missing``, ``strangers``; in the local cloud ``wan``.
    """
    given = allotment.find(topology.environment) if topology.provider == PROVIDER else None
    if topology.provider == PROVIDER and given is None:
        return {"nodes": {}, "missing": [node.id for node in topology.nodes], "strangers": [], "wan": {}}
    site = _site(opts, topology, given, "")
    plan = _plan(site, topology)
    found = {
        "nodes": {
            name: {"state": seen["state"], "addresses": seen["private_ips"], "image": seen["image"]}
            for name, seen in plan.existing.items()
        },
        "missing": sorted(plan.missing),
        "strangers": plan.strangers,
    }
    if given is not None:
        found["wan"] = wan.status(engine.client(), given.platform, topology.environment)
    return found


def destroy(
    opts: dict[str, Any], environment: str, provider: str, confirmed: bool, parallel: int
) -> dict[str, Any]:
    """Remove an environment's machines, keys and, in the local cloud, gateways and networks.

    :param provider: alias of its provider; the pillar may be broken or gone, so the topology is not asked.
    :param confirmed: must be true.
    :raises MeridianError: not confirmed, or something could not be removed.
    """
    if confirmed is not True:
        raise MeridianError(f"destroying {environment} loses all its data: say yes=True")
    local = provider == PROVIDER
    given = allotment.find(environment) if local else None
    changes: list[str] = []
    if given is not None or not local:
        site = machines.Site(opts, provider, arguments=_arguments(given))
        mine = {name: None for name in site.listed() if name.endswith(f".{environment}")}
        failed = machines.in_parallel(site, mine, "clean", parallel)
        if failed:
            raise MeridianError(
                "not removed: " + "; ".join(f"{n}: {why}" for n, why in sorted(failed.items()))
            )
        changes += [f"{name} removed" for name in sorted(mine)]
    for name in sorted(machines.accepted_keys(opts, f".{environment}")):
        machines.forget_key(opts, name)
        changes.append(f"key of {name} removed")
    if given is not None:
        client = engine.client()
        gone = wan.remove_gateways(client, given.platform, environment)
        gone += networks.remove_environment(client, given.platform, environment)
        changes += [f"{name} removed" for name in gone]
        allotment.forget(environment)
    return {"ok": True, "changes": changes, "comment": f"{environment}: {len(changes)} things removed"}


def node_image(client: Any) -> str:
    """Return the tag of the image that new nodes start from: that of this clone's artifacts.

    :param client: Docker client.
    :raises MeridianError: there is none, and no artifacts to make it of.
    """
    listed = paths.state() / "artifacts.json"
    if listed.exists():
        return image.ensure_image(Store(paths.repository(), paths.cache()), index.read(listed), client)
    found = image.current(client)
    if found is None:
        raise MeridianError(
            "Docker has no node image: salt-run artifact.prepare, then artifact.image make it"
        )
    return found


class _Plan:
    """What exists of an environment, and what does not."""

    def __init__(self, topology: Topology, listed: Mapping[str, Any], missing: dict[str, Any]) -> None:
        wanted = {node.id for node in topology.nodes}
        self.existing = {name: seen for name, seen in listed.items() if name in wanted}
        self.missing = missing
        self.strangers = sorted(
            name for name in listed if name.endswith(f".{topology.environment}") and name not in wanted
        )


def _plan(site: machines.Site, topology: Topology) -> _Plan:
    listed = site.listed()
    whole = [name for name, seen in listed.items() if seen["state"] not in _HALF_MADE]
    return _Plan(topology, {name: listed[name] for name in listed}, site.missing(whole))


def _ground(topology: Topology, given: Allotment) -> list[str]:
    """Have the kernel's limits and the networks that the local cloud needs."""
    client = engine.client()
    told = limits.ensure()
    if networks.ensure_management(given, client):
        told.append("management network made")
    names = [region.name for region in topology.regions]
    made = networks.ensure_regions(given, topology.environment, names, client)
    return told + [f"network of {region} made" for region in made]


def _site(opts: Mapping[str, Any], topology: Topology, given: Allotment | None, tag: str) -> machines.Site:
    master = given.master_address if given is not None else ""
    wanted = spec.cloud_map(topology, given, tag, master)
    arguments = _arguments(given)
    if given is not None:
        arguments["ex_sizes"] = spec.sizes(topology)
    return machines.Site(opts, topology.provider, wanted, arguments)


def _arguments(given: Allotment | None) -> dict[str, Any]:
    return {} if given is None else {"ex_platform": given.platform}


def _raise_up(
    opts: dict[str, Any], site: machines.Site, plan: _Plan, parallel: int
) -> tuple[list[str], list[str]]:
    """Start what is stopped and make what is missing; return the names of both, made first."""
    half_made = [name for name in plan.missing if name in plan.existing]
    stopped = [n for n, seen in plan.existing.items() if seen["state"] not in _UP and n not in half_made]
    for name in half_made:
        site.clean(name)
    failed = machines.in_parallel(site, dict.fromkeys(stopped), "start", parallel)
    count = 0

    def done(name: str, reason: str) -> None:
        nonlocal count
        count += 1
        _note(opts, f"{name} {'FAILED: ' + reason if reason else 'made'} ({count}/{len(plan.missing)})")

    failed |= machines.in_parallel(site, plan.missing, "create", parallel, done)
    if failed:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in sorted(failed.items()))
        raise MeridianError(
            f"{len(failed)} of {len(plan.missing) + len(stopped)} nodes did not come up: {reasons}"
        )
    return sorted(plan.missing), sorted(stopped)


def _wait(
    opts: dict[str, Any],
    site: machines.Site,
    topology: Topology,
    made: list[str],
    timeout: int,
) -> None:
    wanted = [node.id for node in topology.nodes]
    with Listener(opts) as listener:
        silent = listener.silent(wanted, timeout)
    if not silent:
        return
    listed, keys = site.listed(), machines.accepted_keys(opts, f".{topology.environment}")
    reasons = []
    for name in silent:
        state = str(listed.get(name, {}).get("state", "gone")).lower()
        reason = (
            f"{state}, its minion does not answer" if name in keys else f"{state}, its key is not accepted"
        )
        if name in made:
            # It holds no data yet, and the next run shall make it anew instead of waiting for it again.
            site.clean(name)
            reason += "; removed"
        reasons.append(f"{name}: {reason}")
    raise MeridianError(
        f"{len(silent)} of {len(wanted)} nodes silent after {timeout} s: {'; '.join(reasons)}"
    )


def _note(opts: dict[str, Any], message: str) -> None:
    progress.report(opts, _PHASE, "note", message=message)
