"""
Facts of a node that the platform's infrastructure tests assert.
"""

from typing import Any

from meridian.node.facts import gather as facts
from meridian.node.facts import loops


def gather() -> dict[str, Any]:
    """
    Return units, listeners with their TLS, files, users, processes and artifacts of this node. No secret is
    among them.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.local' meridian_facts.gather
    """
    return facts.gather()


def restarting() -> list[dict[str, Any]]:
    """
    Return this node's units of the platform that systemd starts again and again, or that have failed:
    ``unit``, ``restarts``, and ``line``, the last of its own log. Looks once.

    CLI Example:

    .. code-block:: bash

        salt '*' meridian_facts.restarting
    """
    return loops.restarting()
