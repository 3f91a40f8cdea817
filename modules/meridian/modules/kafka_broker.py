"""
The Kafka broker of this node.
"""

import subprocess
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka import broker, client, cluster

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __pillar__: dict[str, Any]

_SERVICE = "meridian-kafka"


def pending() -> dict[str, Any]:
    """
    Return what has changed since the broker was started: ``restart`` lists reasons for a restart, ``dynamic``
    settings that Kafka can change in a running broker. ``leader`` is the active controller that it knows.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-*' kafka_broker.pending
    """
    return broker.pending()


def quorum() -> dict[str, Any]:
    """
    Return how this node's controller is: ``up``, and the ``leader`` and ``epoch`` that it knows.

    CLI Example:

    .. code-block:: bash

        salt 'masters-*' kafka_broker.quorum
    """
    return broker.quorum()


def restart() -> bool:
    """
    Restart the broker, by a controlled shutdown that hands its leaderships over. Nothing is asked before; it
    is ``salt-run kafka.roll`` that looks after the rest of the cluster.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_broker.restart
    """
    return bool(__salt__["service.restart"](_SERVICE))


def ready(broker_id: int, seconds: float = 120) -> bool:
    """
    Wait until the broker is registered and all replicas in its cluster are in sync.

    broker_id
        Its ``node.id``.
    seconds
        How long to wait at most.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_broker.ready 1
    """
    bootstrap = (__pillar__.get("kafka") or {}).get("bootstrap_internal")
    if not bootstrap:
        raise MeridianError("this node is no broker (pillar kafka:bootstrap_internal is empty)")
    admin = client.admin(bootstrap, Tls.of_service("kafka"))
    cluster.wait_healthy(admin, [int(broker_id)], float(seconds))
    return True


def log(lines: int = 1) -> str:
    """
    Return the broker's last lines in the journal, warnings and errors where there are any.

    lines
        How many.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_broker.log 20
    """
    command = ["journalctl", "--unit", _SERVICE, "--output", "cat", "--no-pager", "--lines", "400"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return "\n".join(broker.telling(done.stdout.splitlines(), int(lines)))
