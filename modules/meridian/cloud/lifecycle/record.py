"""Which providers an environment has ever had machines at, whatever today's pillar says."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from meridian.common.errors import MeridianError
from meridian.common.files import write_private


def read(file: Path, environment: str) -> dict[str, str]:
    """Return kind by alias of an environment's providers; empty when it never had any.

    :param file: the record.
    :raises MeridianError: the file is there but is no record.
    """
    return _all(file).get(environment, {})


def environments(file: Path) -> list[str]:
    """Return the environments that may have machines.

    :param file: the record.
    """
    return sorted(_all(file))


def add(file: Path, environment: str, providers: Mapping[str, str]) -> None:
    """Note that an environment may have machines at these providers from now on.

    :param providers: what libcloud calls each provider, by alias.
    """
    held = _all(file)
    whole = {**held.get(environment, {}), **providers}
    if whole != held.get(environment):
        write_private(file, json.dumps({**held, environment: whole}, indent=2, sort_keys=True) + "\n")


def left(file: Path, environment: str, providers: Iterable[str]) -> None:
    """Note that an environment has no machine at these providers any more.

    :param providers: their aliases.
    """
    held = _all(file)
    mine = {alias: kind for alias, kind in held.get(environment, {}).items() if alias not in set(providers)}
    if mine != held.get(environment, {}):
        write_private(file, json.dumps({**held, environment: mine}, indent=2, sort_keys=True) + "\n")


def forget(file: Path, environment: str) -> None:
    """Note that an environment has no machine anywhere."""
    held = _all(file)
    if held.pop(environment, None) is not None:
        write_private(file, json.dumps(held, indent=2, sort_keys=True) + "\n")


def _all(file: Path) -> dict[str, dict[str, str]]:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as problem:
        raise MeridianError(
            f"{file} is damaged ({problem}): remove it; destroy asks today's providers then"
        ) from problem
    return {str(name): {str(a): str(k) for a, k in each.items()} for name, each in held.items()}
