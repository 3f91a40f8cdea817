"""
The slice of the topology that a node may know, chosen by its minion id and nothing else.

.. code-block:: yaml

    ext_pillar:
      - meridian: {}
"""

import logging
from typing import Any

from meridian.operations import node_pillar
from meridian.salt_api.pillar_files import environments, load_topology

log = logging.getLogger(__name__)
__opts__: dict[str, Any] = {}


def ext_pillar(minion_id: str, pillar: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """
    Return a node's slice; nothing for a minion that no environment has.

    minion_id
        ``<node>.<region>.<environment>``.
    pillar
        What other sources gave; not looked at.

    CLI Example:

    .. code-block:: bash

        salt '<node>.<region>.<environment>' pillar.items
    """
    environment = minion_id.rpartition(".")[2]
    if environment not in environments(__opts__):
        return {}
    return node_pillar.load(load_topology(__opts__, environment), minion_id)
