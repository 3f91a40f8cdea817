"""Finding things at any libcloud provider, and describing them as plain data."""

from collections.abc import Iterable
from typing import Any

from meridian.cloud.errors import NotOffered


def choose(what: str, wanted: str, offered: Iterable[Any]) -> Any:
    """Return the size, image or location that a profile means.

    :param what: ``size``, ``image`` or ``location``, for the message.
    :param wanted: id or name; a name without its tag takes the first offer of that name.
    :param offered: what the provider lists.
    :raises NotOffered: it is not among them; some that are get named.
    """
    offered = list(offered)
    for candidate in offered:
        if wanted in (str(candidate.id), str(candidate.name)):
            return candidate
    for candidate in offered:
        if wanted and str(candidate.name).startswith(f"{wanted}:"):
            return candidate
    names = ", ".join(sorted(str(candidate.name) for candidate in offered)[:10]) or "none"
    raise NotOffered(f"{what} {wanted!r} is not offered by the provider; it has: {names}")


def describe(thing: Any) -> dict[str, Any]:
    """Return a libcloud object as plain data, without its connection."""
    found = {k: v for k, v in vars(thing).items() if not k.startswith("_") and k not in ("driver", "uuid")}
    if "state" in found:
        found["state"] = str(found["state"]).upper()
    for key in ("size", "image"):
        if key in found:
            found[key] = getattr(found[key], "name", found[key])
    return found
