"""What the ``cloud`` runner does to take an environment's machines away: by their tags, wherever they are."""

import contextlib
from collections.abc import Mapping
from typing import Any

from meridian.cloud.lifecycle import order, outcome, record
from meridian.cloud.lifecycle.creation import first_line
from meridian.cloud.lifecycle.world import owned
from meridian.cloud.local import allocation, engine, networks, wan
from meridian.cloud.local.allocation import Allocation
from meridian.cloud.local.driver import PROVIDER
from meridian.common.errors import MeridianError
from meridian.operations import providers, workers
from meridian.salt_api import machines
from meridian.salt_api.machines import ProviderClient
from meridian.salt_api.pillar_files import load_topology


class Inventory:
    """An environment's machines at all providers that it has, or ever had, any at.

    :param opts: the master's options.
    :param environment: its name; the pillar may be broken or gone.
    :ivar machines: entry of ``list_nodes_full``, with its ``provider``, by name: only those with our tags.
    :ivar conflicts: a line for each machine that it would be a guess to take.
    :ivar unasked: a line for each provider that could not be asked.
    :ivar given: what the environment has of the local cloud, ``None`` without any.
    """

    def __init__(self, opts: Mapping[str, Any], environment: str) -> None:
        self.environment = environment
        self.unasked: list[str] = []
        self.given: Allocation | None = None
        self.sites: dict[str, ProviderClient] = {}
        listings: dict[str, dict[str, Any]] = {}
        for alias, kind in _providers(opts, environment).items():
            if kind == PROVIDER:
                self.given = allocation.find(environment)
                if self.given is None:
                    continue
            arguments = providers.local_arguments(self.given) if kind == PROVIDER and self.given else {}
            try:
                site = ProviderClient(opts, alias, environment, arguments)
                listings[alias] = site.listed()
                self.sites[alias] = site
            except MeridianError as problem:
                self.unasked.append(f"machines at {alias} are not known: {first_line(problem)}")
        self.machines, self.conflicts = owned(environment, listings)


def listing(opts: Mapping[str, Any], environment: str) -> dict[str, Any]:
    """Return what :func:`destroy` would remove; changes nothing.

    :returns: ``machines`` (provider by name), ``left`` (lines: what it would not remove, and why).
    """
    found = Inventory(opts, environment)
    return {
        "machines": {name: seen["provider"] for name, seen in sorted(found.machines.items())},
        "left": [*found.conflicts, *found.unasked],
    }


def destroy(opts: dict[str, Any], environment: str, confirmed: bool, parallel: int) -> dict[str, Any]:
    """Remove an environment's machines, keys and, in the local cloud, gateways and networks.

    Machines that others depend on go last, over all providers. One that cannot be removed, or a provider
    that does not answer, does not keep the others.

    :param confirmed: must be true.
    :param parallel: how many machines are removed at a time, at a provider without a setting of its own.
    :raises MeridianError: not confirmed, or something is left; names it.
    """
    if confirmed is not True:
        raise MeridianError(f"destroying {environment} loses all its data: say yes=True")
    removed: set[str] = set()
    while True:
        mine = Inventory(opts, environment)
        # A list that was cut short tells of the others only now; what is going may still be on it.
        rest = {name: seen for name, seen in mine.machines.items() if name not in removed}
        failed = _remove(mine.sites, rest, parallel)
        removed |= rest.keys() - failed.keys()
        if failed or not rest:
            break
    changes = [f"{name} removed" for name in sorted(removed)]
    if failed or mine.conflicts or mine.unasked:
        raise MeridianError(
            outcome.not_removed(environment, len(removed), failed, [*mine.conflicts, *mine.unasked])
        )
    for name in sorted(machines.accepted_keys(opts, f".{environment}")):
        machines.forget_key(opts, name)
        changes.append(f"key of {name} removed")
    for alias, site in mine.sites.items():
        gone = site.clean_firewalls()
        changes += [f"{name} of {alias} removed" for name in gone]
    if mine.given is not None:
        client = engine.client()
        gone = wan.remove_gateways(client, mine.given.platform, environment)
        gone += networks.remove_environment(client, mine.given.platform, environment)
        changes += [f"{name} removed" for name in gone]
    allocation.forget(environment)
    record.forget(providers.record_file(), environment)
    return {"ok": True, "changes": changes, "comment": f"{environment}: {len(changes)} things removed"}


def remove(opts: Mapping[str, Any], environment: str, node: str) -> None:
    """Have neither a machine of an environment nor its key.

    :param node: its name.
    :raises MeridianError: it would be a guess which one is meant, a provider does not answer, or refuses.
    """
    mine = Inventory(opts, environment)
    seen = mine.machines.get(node)
    if seen is None:
        doubts = [line for line in mine.conflicts if line.startswith(f"{node}:")] + mine.unasked
        if doubts:
            raise MeridianError("; ".join(doubts))
        machines.forget_key(opts, node)
        return
    failed = _remove(mine.sites, {node: seen}, 1)
    if failed:
        raise MeridianError(outcome.not_removed(environment, 0, failed))


def _remove(
    asked: Mapping[str, ProviderClient], wanted: Mapping[str, Mapping[str, Any]], parallel: int
) -> dict[str, outcome.Failure]:
    """Remove machines wave by wave; return how those failed that did.

    :param wanted: entry, with its ``provider``, by name.
    """
    failed: dict[str, outcome.Failure] = {}
    given_up: set[str] = set()
    for wave in order.removal(wanted):
        work: dict[str, dict[str, None]] = {}
        for name in wave:
            provider = wanted[name]["provider"]
            if provider in given_up:
                failed[name] = outcome.Failure(begun=False)
            else:
                work.setdefault(provider, {})[name] = None
        lost = workers.run(providers.jobs(asked, "remove", work, parallel))
        given_up |= {wanted[name]["provider"] for name, failure in lost.items() if failure.hopeless}
        failed |= lost
    return failed


def _providers(opts: Mapping[str, Any], environment: str) -> dict[str, str]:
    """Return kind by alias of all providers that may have machines of an environment."""
    known = record.read(providers.record_file(), environment)
    # A broken pillar must not keep machines alive.
    with contextlib.suppress(MeridianError):
        known |= providers.kinds(load_topology(opts, environment))
    return known or {PROVIDER: PROVIDER}
