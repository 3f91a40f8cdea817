"""
The Kafka Connect worker of this node.
"""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.common.tls import Tls
from meridian.services.connect import health, worker
from meridian.services.connect.client import ConnectClient

if TYPE_CHECKING:
    __salt__: dict[str, Any]

_SERVICE = "meridian-connect"
_SUPERVISED = Path("/run/meridian-connect-supervisor/status.json")


def pending() -> list[str]:
    """
    Return what the running worker has read in another version than is there now: files, artifacts. It is
    empty when no restart is needed, or when the worker does not run and will read all when it starts.

    CLI Example:

    .. code-block:: bash

        salt '*' connect_worker.pending
    """
    return worker.pending()


def restart() -> bool:
    """
    Restart the worker. Its tasks stop first; the other workers leave them alone for as long as
    ``scheduled.rebalance.max.delay.ms`` says.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.central.local connect_worker.restart
    """
    return bool(__salt__["service.restart"](_SERVICE))


def ready(url: str, seconds: float = 120) -> bool:
    """
    Wait until the worker has joined its group and serves requests.

    url
        The worker's URL, ``https://<node id>:8083``.
    seconds
        How long to wait at most.

    CLI Example:

    .. code-block:: bash

        salt-call connect_worker.ready https://kafka-1.central.local:8083
    """
    health.wait_for_workers(ConnectClient([url], Tls.of_service("connect")), [url], seconds)
    return True


def supervised() -> dict[str, Any]:
    """
    Return what this node's supervisor has seen: ``parts`` (each with ``connector``, ``task``, ``failed``,
    ``since``, ``reason``, ``cause`` and ``restarts``), ``problems``, and ``age``, the seconds since it last
    looked. Empty when no supervisor runs.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.central.local connect_worker.supervised
    """
    try:
        facts: dict[str, Any] = json.loads(_SUPERVISED.read_text(encoding="utf-8"))
    except FileNotFoundError:
        # systemd removes it when the supervisor ends.
        return {}
    return {**facts, "age": max(0.0, time.time() - facts["updated"])}
