"""
Facts of a node that the platform's infrastructure tests assert.
"""

from typing import Any

from meridian.node.facts import gather as facts


def gather() -> dict[str, Any]:
    """
    Return units, listeners with their TLS, files, users, processes and artifacts of this node. No secret is
    among them.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.local' meridian_facts.gather
    """
    return facts.gather()
