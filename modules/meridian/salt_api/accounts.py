"""The clouds' accounts, before anything is started or made: configured, and with credentials."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import salt.config

from meridian.cloud import credentials
from meridian.cloud.account import Account
from meridian.cloud.errors import Refused
from meridian.common.errors import MeridianError
from meridian.salt_api import cloud_settings, transport
from meridian.topology.model import Topology


def check(opts: Mapping[str, Any], topology: Topology) -> None:
    """Refuse to begin where a cloud's entry or its credentials are missing.

    Whether a cloud accepts them is seen when it is first asked, which most are not here.

    :param opts: the master's options, or a runner's.
    :raises MeridianError: one line, with every provider that cannot be used and why.
    """
    places: dict[str, list[str]] = {}
    for region in topology.regions:
        if not region.is_local:
            places.setdefault(region.provider, []).append(region.location)
    options = cloud_options(opts) if places else {}
    problems = []
    for alias, locations in places.items():
        try:
            opened = account(options, alias)
            for location in locations:
                opened.adapter(location)
        except MeridianError as problem:
            problems.append(str(problem))
    if problems:
        raise MeridianError("; ".join(problems))


def cloud_options(opts: Mapping[str, Any]) -> dict[str, Any]:
    """Return salt-cloud's options, providers and profiles among them.

    The master's own are given, so that its file is not read: before the first deployment a part of that is
    missing, and Salt would warn.
    """
    file = Path(opts["conf_file"]).parent / "cloud"
    return dict(salt.config.cloud_config(str(file), master_config=dict(opts)))


def account(options: Mapping[str, Any], alias: str) -> Account:
    """Return the account of a provider.

    :param options: see :func:`cloud_options`.
    :param alias: its key in ``cloud.providers.d/``.
    :raises MeridianError: there is no such entry.
    """
    return cloud_settings.account(options, alias, next(iter(entry(options, alias).values())))


def entry(options: Mapping[str, Any], alias: str) -> dict[str, Any]:
    """Return what is configured of a provider, by its one salt-cloud driver.

    :param options: salt-cloud's.
    :param alias: its key in ``cloud.providers.d/``.
    :raises MeridianError: there is no such entry.
    """
    configured = options["providers"].get(alias)
    if not configured:
        raise MeridianError(f"provider {alias}: cloud.providers.d/ has no usable entry of that name")
    return dict(configured)


def master_addresses(opts: Mapping[str, Any]) -> list[str]:
    """Return the names that machines of clouds know the Salt master by, with the addresses behind them.

    An entry that refers to a variable which is not set is left out: its provider is not used now.

    :param opts: the master's options, or a runner's.
    """
    found: set[str] = set()
    for drivers in cloud_options(opts)["providers"].values():
        for settings in drivers.values():
            address = (settings.get("minion") or {}).get("master")
            try:
                if isinstance(address, Mapping):
                    address = credentials.resolve(address, "minion: master", needed=False)
            except Refused:
                continue
            found.update(transport.resolved(str(address)) if address else ())
    return sorted(found)
