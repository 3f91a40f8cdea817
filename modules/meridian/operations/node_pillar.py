"""A node's whole pillar: its slice of the topology with the secrets, keys and artifacts it may have."""

import json
from dataclasses import asdict
from typing import Any

from meridian import pki
from meridian.common import paths, secrets
from meridian.common.errors import MeridianError
from meridian.salt_api import transport
from meridian.topology import Topology, node_pillar


def load(topology: Topology, node_id: str) -> dict[str, Any]:
    """Return the pillar of a node.

    :return: nothing for a node that the environment does not have. Keys and credentials that are not made
        yet are absent.
    """
    if all(node.id != node_id for node in topology.nodes):
        return {}
    folder = paths.secrets(topology.environment)
    node = topology.node(node_id)
    return node_pillar(
        topology,
        node_id,
        secrets=secrets.load(folder),
        certificates=pki.certificates_for(node, folder),
        artifacts=_artifacts(),
        transport=asdict(held) if (held := transport.credentials(node_id)) else None,
    )


def _artifacts() -> dict[str, Any]:
    index = paths.state() / "artifacts.json"
    try:
        return dict(json.loads(index.read_text()))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise MeridianError(f"{index}: not valid JSON ({error}); remove it and deploy again") from error
