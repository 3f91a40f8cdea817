"""
Elasticsearch of this node's region: what indices are made like, where snapshots go, and whether it works.
"""

import time
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __opts__: dict[str, Any]


def ready(name: str, seconds: float = 180) -> dict[str, Any]:
    """
    Succeed when all nodes are in the cluster and every primary shard is there; changes nothing.

    name
        Any name for the state.
    seconds
        How long to wait for it.

    .. code-block:: yaml

        Elasticsearch:
          elasticsearch.ready:
            - seconds: 60
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": "the cluster is well"}
    if __opts__.get("test"):
        return {**ret, "comment": "the cluster would be asked"}
    try:
        __salt__["elasticsearch.ready"](seconds)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return ret


def sink_ready(name: str, seconds: float = 120) -> dict[str, Any]:
    """
    Succeed when this node's sink works; changes nothing. When the time is over it fails with its own words.

    name
        Any name for the state.
    seconds
        How long to wait for it.

    .. code-block:: yaml

        Sink of Elasticsearch:
          elasticsearch.sink_ready:
            - seconds: 60
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    deadline = time.monotonic() + float(seconds)
    while True:
        found = __salt__["elasticsearch.sink"]()
        if found["state"] == "running":
            return {**ret, "result": True, "comment": f"{len(found['topics'])} topics are being indexed"}
        if time.monotonic() >= deadline or __opts__.get("test"):
            why = "; ".join(found["problems"]) or "see journalctl -u meridian-elasticsearch-sink"
            return {**ret, "comment": f"the sink is {found['state']} after {float(seconds):g} s: {why}"}
        time.sleep(0.5)


def index_template(name: str, template: dict[str, Any], seconds: float = 30) -> dict[str, Any]:
    """
    Have an index template so. Indices that there are keep what they were made with.

    name
        The template's name.
    template
        What it shall be, as Elasticsearch's ``_index_template`` takes it.
    seconds
        How long to wait for a cluster that is still starting.

    .. code-block:: yaml

        flights:
          elasticsearch.index_template:
            - template: {index_patterns: [kafka-*], template: {settings: {number_of_replicas: 1}}}
    """
    return _present(name, "index template", "elasticsearch.template_", name, template, seconds=seconds)


def snapshot_repository(name: str, type: str, settings: dict[str, Any]) -> dict[str, Any]:
    """
    Have a snapshot repository so. It fails in one line where Elasticsearch lacks the module for its type.

    name
        The repository's name.
    type
        ``s3`` (a full distribution's), or ``fs`` (a folder that all nodes share).
    settings
        As Elasticsearch takes them.

    .. code-block:: yaml

        archive:
          elasticsearch.snapshot_repository:
            - type: s3
            - settings: {bucket: snapshots, base_path: local-central}
    """
    return _present(name, "snapshot repository", "elasticsearch.repository_", name, type, settings)


def _present(name: str, what: str, functions: str, *arguments: Any, seconds: float = 30) -> dict[str, Any]:
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    plan = __salt__[f"{functions}plan"]
    # A trial may come before there is a cluster; then there is nothing to wait for.
    trial = bool(__opts__.get("test"))
    try:
        changes = plan(*arguments, seconds=0 if trial else seconds)
        if not changes:
            return {**ret, "result": True, "comment": f"{what} {name} is as it should be"}
        if trial:
            return {**ret, "result": None, "changes": changes, "comment": f"{what} {name} would be changed"}
        __salt__[f"{functions}present"](*arguments)
        left = plan(*arguments)
    except MeridianError as error:
        silent = trial and getattr(error, "status", None) == 0
        why = f"{what} {name} is not known before Elasticsearch runs" if silent else str(error)
        return {**ret, "result": None if silent else False, "comment": why}
    if left:
        differs = f"{what} {name} still differs in {', '.join(left)}"
        return {**ret, "changes": changes, "comment": differs}
    return {**ret, "result": True, "changes": changes, "comment": f"{what} {name} was changed"}
