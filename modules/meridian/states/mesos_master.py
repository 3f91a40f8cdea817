"""
Check of the Mesos masters, by one of them.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __opts__: dict[str, Any]


def ready(name: str, seconds: float = 120) -> dict[str, Any]:
    """
    Succeed when a master leads and answers with this node's credentials; changes nothing.

    name
        This master's URL.
    seconds
        How long to wait for a leader.

    .. code-block:: yaml

        Masters of Mesos:
          mesos_master.ready:
            - name: https://masters-1.us-east.local-mesos:5050
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": ""}
    if __opts__.get("test"):
        return {**ret, "comment": "the masters would be asked"}
    try:
        leader = __salt__["mesos.master_ready"](seconds)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return {**ret, "comment": f"{leader} leads"}
