"""
The node's own firewall, in effect as its file says.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]
    __opts__: dict[str, Any]


def in_effect(name: str) -> dict[str, Any]:
    """
    Have the kernel filter as ``/etc/meridian/firewall.nft`` says, whoever changed the rules since.

    With ``watch`` on the file, ``test=True`` also tells of a change that the file itself has yet to see.

    name
        Any name for the state.

    .. code-block:: yaml

        Firewall of the node:
          meridian_firewall.in_effect:
            - watch:
              - file: /etc/meridian/firewall.nft
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        changes = _changes()
        if not changes:
            return {**ret, "result": True, "comment": "the rules are in effect"}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": "the rules would be loaded"}
        __salt__["meridian_firewall.load"]()
        left = _changes()
    except CommandExecutionError as problem:
        if __opts__.get("test"):
            # Package and file are not there before the first run.
            changes = {"rules": {"old": "none", "new": "loaded"}}
            return {**ret, "result": None, "changes": changes, "comment": f"would be loaded; now: {problem}"}
        return {**ret, "comment": str(problem)}
    comment = "the rules are loaded" if not left else "the rules did not come into effect"
    return {**ret, "result": not left, "changes": changes, "comment": comment}


def mod_watch(name: str, **kwargs: Any) -> dict[str, Any]:
    """
    Called when the file changes: what it will change is not to be seen before it did.

    name
        Name of the state.
    kwargs
        What Salt adds.

    .. code-block:: yaml

        Firewall of the node:
          meridian_firewall.in_effect:
            - watch:
              - file: /etc/meridian/firewall.nft
    """
    if __opts__.get("test"):
        changes = {"rules": {"old": "in effect", "new": "those of the new file"}}
        return {"name": name, "result": None, "changes": changes, "comment": "the rules would be loaded"}
    return in_effect(name)


def _changes() -> dict[str, Any]:
    lines = __salt__["meridian_firewall.difference"]()
    return {"rules": "\n".join(lines)} if lines else {}
