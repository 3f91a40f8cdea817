"""
Mirror flows on the Connect cluster of this node's region.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __opts__: dict[str, Any]


def flow(name: str, flow: dict[str, Any] | None = None) -> dict[str, Any]:
    """
    Have a flow's connectors as its settings say. Only connectors that differ are touched.

    name
        The flow's name.
    flow
        Its settings; default: the pillar's ``flows:<name>``.

    .. code-block:: yaml

        us-east-to-central:
          mirror.flow
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        changes = __salt__["mirror.plan"](name, flow)
        if not changes:
            return {**ret, "result": True, "comment": f"flow {name} is as it should be"}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": f"flow {name} would be changed"}
        changes = __salt__["mirror.flow_present"](name, flow)
        left = __salt__["mirror.plan"](name, flow)
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    if left:
        return {
            **ret,
            "changes": changes,
            "comment": f"flow {name} still differs in {', '.join(sorted(left))}",
        }
    return {**ret, "result": True, "changes": changes, "comment": f"flow {name} was changed"}


def reported(name: str, known: list[str] | None = None) -> dict[str, Any]:
    """
    Warn of flows that run and are not in pillar. They are never removed by a state.

    name
        Any text.
    known
        Names of flows; default: those in the pillar.

    .. code-block:: yaml

        Flows without pillar:
          mirror.reported
    """
    ret: dict[str, Any] = {
        "name": name,
        "result": True,
        "changes": {},
        "comment": "all running flows are known",
    }
    try:
        unmanaged = __salt__["mirror.unmanaged"](known)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    if unmanaged:
        hints = [
            f"flow {one} is not in pillar: mirror.remove {one} confirm={one} takes it away"
            for one in unmanaged
        ]
        return {**ret, "comment": hints[0], "warnings": hints}
    return ret
