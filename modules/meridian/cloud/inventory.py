"""Finding things at any libcloud provider, and describing them as plain data."""

from collections.abc import Iterable
from typing import Any

from meridian.errors import MeridianError

RUNNING_SECONDS = 600


def choose(what: str, wanted: str, offered: Iterable[Any]) -> Any:
    """Return the size, image or location that a profile means.

    :param what: ``size``, ``image`` or ``location``, for the message.
    :param wanted: id or name; a name without its tag takes the first offer of that name.
    :param offered: what the provider lists.
    :raises MeridianError: it is not among them; some that are get named.
    """
    offered = list(offered)
    for candidate in offered:
        if wanted in (str(candidate.id), str(candidate.name)):
            return candidate
    for candidate in offered:
        if wanted and str(candidate.name).startswith(f"{wanted}:"):
            return candidate
    names = ", ".join(sorted(str(candidate.name) for candidate in offered)[:10]) or "none"
    raise MeridianError(f"{what} {wanted!r} is not offered by the provider; it has: {names}")


def find(conn: Any, name: str) -> Any:
    """Return the node of a name.

    :param conn: a libcloud compute driver.
    :raises MeridianError: there is none.
    """
    for node in conn.list_nodes():
        if node.name == name:
            return node
    raise MeridianError(f"{name}: the provider has no machine of that name")


def running(conn: Any, made: Any) -> Any:
    """Return a node as it is once it runs and has an address.

    :param conn: a libcloud compute driver.
    :param made: the node as ``create_node`` returned it.
    :raises MeridianError: it does not run in time.
    """
    try:
        [(node, _)] = conn.wait_until_running(
            [made], wait_period=1, timeout=RUNNING_SECONDS, ssh_interface="private_ips"
        )
    except Exception as problem:
        # Whatever a provider's driver raises is the reason that the user must read.
        raise MeridianError(f"{made.name} was made but does not run: {problem}") from problem
    return node


def describe(thing: Any) -> dict[str, Any]:
    """Return a libcloud object as plain data, without its connection."""
    found = {k: v for k, v in vars(thing).items() if not k.startswith("_") and k not in ("driver", "uuid")}
    if "state" in found:
        found["state"] = str(found["state"]).upper()
    for key in ("size", "image"):
        if key in found:
            found[key] = getattr(found[key], "name", found[key])
    return found
