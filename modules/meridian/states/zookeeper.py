"""
The ZooKeeper server of this node, and paths of its ensemble.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __states__: dict[str, Any]
    __opts__: dict[str, Any]


def prepared(name: str, group: str = "zookeeper") -> dict[str, Any]:
    """
    Have the list of members that a server starts with: those of the ensemble that is there and the server
    itself, or all servers of the topology when there is none yet. Where the server has run before, the list
    is the ensemble's own and stays as it is.

    name
        Folder where the server keeps the list.
    group
        Group that may read it; the server's user owns it.

    .. code-block:: yaml

        /var/lib/meridian/zookeeper/members:
          zookeeper.prepared
    """
    ret: dict[str, Any] = {
        "name": name,
        "result": True,
        "changes": {},
        "comment": "the server knows its members",
    }
    try:
        members = __salt__["zookeeper.prepare"](name)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    if not members:
        return ret
    done: dict[str, Any] = __states__["file.managed"](
        f"{name}/zoo.cfg.dynamic",
        contents=members,
        user=group,
        group=group,
        mode="0640",
        makedirs=True,
        dir_mode="0750",
    )
    return {**done, "name": name}


def ready(name: str, seconds: float = 60) -> dict[str, Any]:
    """
    Succeed when the server serves clients: it belongs to a quorum and has caught up with the leader; changes
    nothing.

    name
        Any text.
    seconds
        How long to wait for it.

    .. code-block:: yaml

        ZooKeeper server:
          zookeeper.ready
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": "the server is ready"}
    if __opts__.get("test"):
        return {**ret, "comment": "the server would be asked"}
    try:
        __salt__["zookeeper.ready"](seconds)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return ret


def path(name: str, owner: str, scheme: str = "digest", readers: list[str] | None = None) -> dict[str, Any]:
    """
    Have a path of the ensemble with its access control list. What lies below it is its owner's business. No
    path is ever removed.

    name
        The path.
    owner
        User who may do everything there.
    scheme
        How the owner proves who he is: ``digest``, or ``sasl``.
    readers
        Users who may read and list; ``anyone`` for every client.

    .. code-block:: yaml

        /mesos:
          zookeeper.path:
            - owner: mesos
            - readers: [marathon, kafka-scheduler]
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    settings = {"owner": owner, "scheme": scheme, "readers": list(readers or [])}
    try:
        changes = __salt__["zookeeper.plan_path"](name, settings)
        if not changes:
            return {**ret, "result": True, "comment": f"{name} is as it should be"}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": f"{name} would be changed"}
        changes = __salt__["zookeeper.ensure_path"](name, settings)
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    return {**ret, "result": True, "changes": changes, "comment": f"{name} was changed"}
