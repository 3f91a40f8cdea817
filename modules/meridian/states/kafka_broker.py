"""
Check of the Kafka broker of this node.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __opts__: dict[str, Any]


def ready(name: str, seconds: float = 120) -> dict[str, Any]:
    """
    Succeed when the broker is registered and its cluster's replicas are in sync; changes nothing.

    name
        The broker's ``node.id``, as text: Salt takes the state's id for a name that is a number.
    seconds
        How long to wait for it.

    .. code-block:: yaml

        Kafka broker:
          kafka_broker.ready:
            - name: '1'
    """
    ret: dict[str, Any] = {"name": str(name), "result": True, "changes": {}, "comment": "the broker is ready"}
    if __opts__.get("test"):
        return {**ret, "comment": "the broker would be asked"}
    try:
        __salt__["kafka_broker.ready"](name, seconds)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return ret
