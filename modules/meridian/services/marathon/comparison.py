"""What a declared app differs in from what Marathon has, as data that may be shown to anybody."""

from collections.abc import Mapping
from typing import Any

from meridian.services.marathon import secret_values
from meridian.services.marathon.definition import IF_DECLARED, adopt_ports, canonical

_ABSENT = object()


def differences(wanted: Mapping[str, Any], there: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what would change, as ``{"env.LEVEL": {"old": …, "new": …}}``; empty when nothing would.

    :param wanted: the app as Marathon is to have it.
    :param there: the app as Marathon has it; ``None`` when it has none.
    """
    hidden = secret_values.names(wanted) | secret_values.names(there or {})
    # A key that this module does not know is compared as it is, where it is declared.
    new = {**{key: value for key, value in wanted.items() if key != "id"}, **canonical(wanted)}
    old: dict[str, Any] = {}
    if there is not None:
        old = {**there, **canonical(there)}
        adopt_ports(new, old)
    found: dict[str, Any] = {}
    for key in new:
        if key in wanted or key not in IF_DECLARED:
            _compare(key, old.get(key, _ABSENT), new[key], found)
    if there is None:
        found = {key: change for key, change in found.items() if _worth_telling(key, change["new"], wanted)}
    return {key: _shown(key, change, hidden) for key, change in found.items()}


def _compare(path: str, old: Any, new: Any, found: dict[str, Any]) -> None:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            _compare(f"{path}.{key}", old.get(key, _ABSENT), new.get(key, _ABSENT), found)
    elif isinstance(new, Mapping) and path in ("env", "labels"):
        _compare(path, {}, new, found)
    elif old != new:
        found[path] = {side: value for side, value in (("old", old), ("new", new)) if value is not _ABSENT}


def _worth_telling(path: str, new: Any, wanted: Mapping[str, Any]) -> bool:
    """Return whether a new app's value was declared; the rest are defaults, a page of them."""
    return path.partition(".")[0] in wanted


def _shown(path: str, change: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    section, _, name = path.partition(".")
    if section == "env" and name in hidden:
        return dict.fromkeys(change, secret_values.HIDDEN)
    return change
