"""The end of an environment: asking first, and leaving nothing behind but caches."""

import shutil
import sys
from collections.abc import Callable, Mapping
from typing import Any

from meridian.common import paths


def confirmed(environment: str, purge: bool, listing: Callable[[], Mapping[str, Any]]) -> bool:
    """Ask for the environment's name, with a list of its machines; only the very name is a yes.

    No terminal is a no, before anything is asked or started.

    :param listing: returns what ``salt-run cloud.listing`` returns.
    """
    what = f"all nodes, topics and archives of environment {environment}" + (
        " and all caches" if purge else ""
    )
    if not sys.stdin.isatty():
        print(f"meridian: this destroys {what}; say --yes where nobody can be asked", file=sys.stderr)
        return False
    for line in told(listing()):
        print(line)
    return input(f"This destroys {what}. Type the environment's name to go on: ").strip() == environment


def told(listing: Mapping[str, Any]) -> list[str]:
    """Return the lines that say which machines will go, provider by provider, and which will not.

    :param listing: ``machines`` (provider by name) and ``left`` (lines).
    """
    by_provider: dict[str, list[str]] = {}
    for name, provider in sorted(listing["machines"].items()):
        by_provider.setdefault(provider, []).append(name)
    lines = []
    for provider, names in by_provider.items():
        lines += [f"{provider}, {len(names)} machines:", *(f"  {name}" for name in names)]
    return (lines or ["there are no machines"]) + [f"left alone: {line}" for line in listing["left"]]


def clean(purge: bool, down: Callable[[], list[str]]) -> None:
    """Remove what the orchestration could not, as it stood on it: network, master, engine, state folder.

    Does nothing while another environment of this clone stands.

    :param purge: remove caches, the node image and the virtual environment too.
    :param down: stops what this clone started on the controller.
    """
    from meridian.cloud.lifecycle import record
    from meridian.cloud.local import allocation, networks
    from meridian.operations import providers

    local = allocation.read(allocation.record_file())
    # At clouds machines live on, and what this clone knows of them lies in the state folder.
    if (local is not None and local.slots) or record.environments(providers.record_file()):
        return
    if local is not None:
        networks.remove_management(local.platform)
    if purge:
        from meridian.cloud.local import image

        image.remove_all()
    down()
    kept = set() if purge else {"venv"}
    for child in paths.state().iterdir():
        if child.name not in kept:
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    if purge:
        shutil.rmtree(paths.cache(), ignore_errors=True)
