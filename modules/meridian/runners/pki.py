"""
Certificates and generated credentials of an environment, on the master.
"""

from typing import Any

from meridian import pki
from meridian.common import paths, secrets
from meridian.salt_api import told, transport
from meridian.salt_api.pillar_files import load_topology

__opts__: dict[str, Any] = {}


def ensure(environment: str = "local") -> dict[str, Any]:
    """
    Make or renew the authority, all certificates, of nodes towards the Salt master too, and credentials.

    Nothing that is good is touched. Nodes get what changed with their pillar at their next states.

    environment
        Name of the environment.

    Returns ``{"changes": {name: reason}, "comment": "..."}``; raises when the authority cannot sign.

    CLI Example:

    .. code-block:: bash

        salt-run pki.ensure environment=local
    """
    folder = paths.secrets(environment)
    topology = load_topology(__opts__, environment)
    changes = pki.ensure(topology, folder).as_dict()
    changes.update(transport.ensure([node.id for node in topology.nodes], __opts__))
    changes.update(dict.fromkeys(secrets.ensure(folder), "new"))
    return {"changes": changes, "comment": f"{len(changes)} changed" if changes else "all good"}


def expiry(environment: str = "local") -> dict[str, int]:
    """
    Return the whole days that each certificate has left, soonest first.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run pki.expiry environment=local
    """
    return pki.expiry(load_topology(__opts__, environment), paths.secrets(environment))


told.in_one_line(globals())
