"""
Elasticsearch of this node's region, asked as user ``elastic`` with the node's own file.
"""

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import access, health, node, repositories, templates, users
from meridian.services.elasticsearch.client import ElasticClient

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __pillar__: dict[str, Any]

_SERVICE = "meridian-elasticsearch"
_SINK = "meridian-elasticsearch-sink"
_SINK_STATUS = "/run/meridian-elasticsearch-sink/status.json"


def status() -> dict[str, Any]:
    """
    Return the cluster's health and its nodes with zone and whether each is the elected master.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.status
    """
    client = _client()
    return {**client.health(), "nodes": client.nodes()}


def indices() -> dict[str, Any]:
    """
    Return each index's health, number of documents and bytes.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.indices
    """
    return _client().indices()


def pending() -> list[str]:
    """
    Return what the running node has read in another version than is there now: files, artifacts. It is empty
    when no restart is needed, or when the node does not run and will read all when it starts.

    CLI Example:

    .. code-block:: bash

        salt 'elastic-*' elasticsearch.pending
    """
    return node.pending()


def restart() -> bool:
    """
    Restart the node where it is a unit. Nothing is asked before; it is ``salt-run elasticsearch.roll`` that
    looks after the rest of the cluster, and that restarts nodes which are Mesos tasks, too.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.restart
    """
    if __pillar__["elasticsearch"].get("runtime") == "mesos":
        raise MeridianError(
            "this node is a Mesos task: salt-run elasticsearch.roll has its scheduler restart it"
        )
    return bool(__salt__["service.restart"](_SERVICE))


def ready(seconds: float = 180) -> bool:
    """
    Wait until all nodes are in the cluster and every primary shard is there.

    seconds
        How long to wait at most.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.ready
    """
    names = [one["id"] for one in __pillar__["elasticsearch"]["nodes"]]
    health.wait(_client(patience=0), names, "yellow", float(seconds))
    return True


def sink() -> dict[str, Any]:
    """
    Return what this node's sink says about itself: ``state`` is ``running`` when all is well, else
    ``starting``, ``retrying`` (see ``problems``) or ``stopped``.

    CLI Example:

    .. code-block:: bash

        salt 'elastic-*' elasticsearch.sink
    """
    stopped: dict[str, Any] = {"state": "stopped", "problems": [], "lag_records": None}
    if not __salt__["service.status"](_SINK):
        return stopped
    try:
        return dict(json.loads(Path(_SINK_STATUS).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {**stopped, "state": "starting"}


def log(lines: int = 1) -> str:
    """
    Return the node's last lines in the journal, errors where there are any. Those of a Mesos task are told by
    its scheduler: ``kafka-scheduler elasticsearch node log``.

    lines
        How many.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.log 20
    """
    command = ["journalctl", "--unit", _SERVICE, "--output", "cat", "--no-pager", "--lines", "400"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return "\n".join(node.telling(done.stdout.splitlines(), int(lines)))


def password_hash(user: str, password: str) -> str:
    """
    Return a password as Elasticsearch's file of users has it.

    user
        Name that no other user of any cluster has, ``<user>@<cluster>``.
    password
        The password. Templates call this; on a command line others could read it.

    CLI Example:

    .. code-block:: bash

        salt-call elasticsearch.password_hash sink@local-central example
    """
    return users.password_hash(user, password)


def template_plan(name: str, template: dict[str, Any], seconds: float = 30) -> dict[str, Any]:
    """
    Return what an index template differs in, with ``old`` and ``new``; empty when in nothing.

    name
        The template's name.
    template
        What it shall be, as Elasticsearch's ``_index_template`` takes it.
    seconds
        How long to wait for a cluster that is still starting.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.template_plan flights '{"index_patterns": ["kafka-*"]}'
    """
    return templates.plan(_client(float(seconds)), name, template)


def template_present(name: str, template: dict[str, Any]) -> bool:
    """
    Have an index template so. Indices that there are keep what they were made with.

    name
        The template's name.
    template
        What it shall be, as Elasticsearch's ``_index_template`` takes it.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.template_present flights '{"index_patterns": ["kafka-*"]}'
    """
    templates.put(_client(), name, template)
    return True


def repository_plan(name: str, kind: str, settings: dict[str, Any], seconds: float = 30) -> dict[str, Any]:
    """
    Return what a snapshot repository differs in, with ``old`` and ``new``; empty when in nothing.

    name
        The repository's name.
    kind
        ``s3`` (a full distribution's), or ``fs`` (a folder that all nodes share).
    settings
        As Elasticsearch takes them.
    seconds
        How long to wait for a cluster that is still starting.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.repository_plan archive s3 '{"bucket": "snapshots"}'
    """
    return repositories.plan(_client(float(seconds)), name, kind, settings)


def repository_present(name: str, kind: str, settings: dict[str, Any]) -> bool:
    """
    Have a snapshot repository so. Every node proves that it can write there.

    name
        The repository's name.
    kind
        ``s3`` (a full distribution's), or ``fs`` (a folder that all nodes share).
    settings
        As Elasticsearch takes them.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.repository_present archive s3 '{"bucket": "snapshots"}'
    """
    repositories.put(_client(), name, kind, settings)
    return True


def remove_repository(name: str, confirm: str) -> bool:
    """
    Forget a snapshot repository. The snapshots stay where they are.

    name
        The repository's name.
    confirm
        The name once more.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.remove_repository archive confirm=archive
    """
    repositories.remove(_client(), name, confirm)
    return True


def remove_index(name: str, confirm: str) -> bool:
    """
    Delete an index with all its documents.

    name
        One index; no pattern.
    confirm
        The name once more.

    CLI Example:

    .. code-block:: bash

        salt elastic-1.central.local elasticsearch.remove_index kafka-flights confirm=kafka-flights
    """
    repositories.remove_index(_client(), name, confirm)
    return True


def _client(patience: float = 30) -> ElasticClient:
    return ElasticClient(access.of_node(__pillar__.get("elasticsearch") or {}), patience=patience)
