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
    Warn of flows that run and are not in pillar; ``unmanaged`` with the policy ``report``.

    name
        Any text.
    known
        Names of flows; default: those in the pillar.

    .. code-block:: yaml

        Flows without pillar:
          mirror.reported
    """
    return unmanaged(name, "report", known)


def unmanaged(name: str, policy: str = "pause", known: list[str] | None = None) -> dict[str, Any]:
    """
    Ensure that no connector of Meridian's runs that no flow of the pillar names. Let it require all flows of
    the Connect cluster: they take over the positions of such connectors before.

    name
        Any text.
    policy
        ``pause`` them, ``remove`` them, or ``report``: leave them, with a warning.
    known
        Names of flows; default: those in the pillar.

    .. code-block:: yaml

        Connectors without a flow:
          mirror.unmanaged:
            - policy: pause
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        changes = __salt__["mirror.settle_unmanaged"](policy, known, test=bool(__opts__.get("test")))
        left = __salt__["mirror.unmanaged"](known)
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    ret |= {"result": None if changes and __opts__.get("test") else True, "changes": changes}
    hints = [
        f"connector {one} ({state}) is of no flow in pillar: mirror.remove {one} confirm={one} takes it away"
        for one, state in left.items()
    ]
    if hints:
        return {**ret, "comment": hints[0], "warnings": hints}
    return {**ret, "comment": "each connector of ours has a flow"}
