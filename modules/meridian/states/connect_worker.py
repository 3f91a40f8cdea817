"""
Check of the Kafka Connect worker of this node.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __opts__: dict[str, Any]


def ready(name: str, seconds: float = 120) -> dict[str, Any]:
    """
    Succeed when the worker has joined its group and serves requests; changes nothing.

    name
        The worker's URL.
    seconds
        How long to wait for it.

    .. code-block:: yaml

        Connect worker:
          connect_worker.ready:
            - name: https://kafka-1.central.local:8083
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": "the worker is ready"}
    if __opts__.get("test"):
        return {**ret, "comment": "the worker would be asked"}
    try:
        __salt__["connect_worker.ready"](name, seconds)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return ret
