"""The clouds' accounts, before anything is started or made: configured, and with credentials."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import salt.config

from meridian.cloud.local_driver import PROVIDER
from meridian.edge import cloud_settings
from meridian.errors import MeridianError
from meridian.topology.model import Topology


def check(opts: Mapping[str, Any], topology: Topology) -> None:
    """Refuse to begin where a cloud's entry or its credentials are missing.

    Whether a cloud accepts them is seen when it is first asked, which most are not here.

    :param opts: the master's options, or a runner's.
    :raises MeridianError: one line, with every provider that cannot be used and why.
    """
    places: dict[str, list[str]] = {}
    for region in topology.regions:
        if region.kind != PROVIDER:
            places.setdefault(region.provider, []).append(region.location)
    if not places:
        return
    # Given, so that it is not read: before the first deployment a part of it is missing, and Salt would warn.
    file = Path(opts["conf_file"]).parent / "cloud"
    options = dict(salt.config.cloud_config(str(file), master_config=dict(opts)))
    problems = []
    for alias, locations in places.items():
        configured = options["providers"].get(alias)
        if not configured:
            problems.append(f"provider {alias}: cloud.providers.d/ has no usable entry of that name")
            continue
        account = cloud_settings.account(options, alias, next(iter(configured.values())))
        try:
            for location in locations:
                account.adapter(location)
        except MeridianError as problem:
            problems.append(str(problem))
    if problems:
        raise MeridianError("; ".join(problems))
