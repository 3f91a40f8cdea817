"""
The ZooKeeper server of this node, and the ensemble that it belongs to.
"""

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.services.zookeeper import acl, node, paths
from meridian.services.zookeeper.members import Member

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __pillar__: dict[str, Any]

_SERVICE = "meridian-zookeeper"
_POLL_SECONDS = 0.5


def status() -> dict[str, Any]:
    """
    Return what the server of this node says: ``mode`` (leader, follower; empty while it serves nobody),
    ``zxid`` (number of its last transaction), and ``restart`` (reasons why it has to be restarted).

    CLI Example:

    .. code-block:: bash

        salt 'masters-*' zookeeper.status
    """
    answer = node.ask(node.Server.of(__pillar__))
    return {"mode": answer.mode, "zxid": answer.zxid, "restart": node.pending()}


def members() -> dict[str, Any]:
    """
    Return who belongs to the ensemble, as it says itself: ``version``, and ``members`` (id → address).

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.members
    """
    with node.Server.of(__pillar__).as_admin() as client:
        return _shown(node.membership(client))


def join(server_id: int, version: int = -1) -> dict[str, Any]:
    """
    Give a server of the topology a vote in the ensemble, or its new address. It must be up and have caught up
    with the leader. Returns the members afterwards.

    server_id
        Its number.
    version
        The change fails when the members are not those of this version any more.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.join 4
    """
    server = node.Server.of(__pillar__)
    member = server.members.get(int(server_id))
    if member is None:
        raise MeridianError(f"zookeeper: the topology has no server {server_id}")
    return _changed(server, joining=member, version=version)


def leave(server_id: int, version: int = -1) -> dict[str, Any]:
    """
    Take a server's vote in the ensemble. Its process and its data stay. Returns the members afterwards.

    server_id
        Its number; one that the topology still has is refused.
    version
        The change fails when the members are not those of this version any more.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.leave 5
    """
    server = node.Server.of(__pillar__)
    if int(server_id) in server.members:
        raise MeridianError(f"zookeeper: server {server_id} is one of the topology; it stays")
    return _changed(server, leaving=int(server_id), version=version)


def restart() -> bool:
    """
    Restart the server. Nothing is asked before: it is ``salt-run zookeeper.roll`` that looks after the rest.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.restart
    """
    return bool(__salt__["service.restart"](_SERVICE))


def ready(seconds: float = 60) -> bool:
    """
    Wait until the server serves clients: it belongs to a quorum and has caught up with the leader.

    seconds
        How long to wait at most.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.ready
    """
    server = node.Server.of(__pillar__)
    until = time.monotonic() + float(seconds)
    while not node.ask(server).serves:
        if time.monotonic() > until:
            raise MeridianError(
                f"ZooKeeper serves nobody after {float(seconds):.0f} s; it said last: {log()}"
            )
        time.sleep(_POLL_SECONDS)
    return True


def prepare(folder: str) -> str:
    """
    Return the members that a server which never ran is to start with; empty when it ran before. Asks the
    ensemble, if there is one.

    folder
        Where the server keeps the list of members.

    CLI Example:

    .. code-block:: bash

        salt masters-4.us-east.local zookeeper.prepare /var/lib/meridian/zookeeper/members
    """
    return node.prepare(node.Server.of(__pillar__), Path(folder))


def plan_path(path: str, settings: dict[str, Any]) -> dict[str, Any]:
    """
    Return what would change for a path to be there with its access control list; empty when nothing would.

    path
        E.g. ``/mesos``.
    settings
        ``owner`` (a user, who may do everything), ``scheme`` (``digest`` or ``sasl``), ``readers`` (users, or
        ``anyone``).

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.plan_path /mesos '{"owner": "mesos"}'
    """
    return _path(path, settings, act=False)


def ensure_path(path: str, settings: dict[str, Any]) -> dict[str, Any]:
    """
    Have a path with its access control list; return what was changed. Arguments as ``zookeeper.plan_path``.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.ensure_path /mesos '{"owner": "mesos"}'
    """
    return _path(path, settings, act=True)


def log(lines: int = 1) -> str:
    """
    Return the server's last lines in the journal, errors where there are any.

    lines
        How many.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local zookeeper.log 20
    """
    command = ["journalctl", "--unit", _SERVICE, "--output", "cat", "--no-pager", "--lines", "200"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return "\n".join(node.telling(done.stdout.splitlines(), int(lines)))


def _changed(
    server: node.Server, joining: Member | None = None, leaving: int | None = None, version: int = -1
) -> dict[str, Any]:
    with server.as_admin() as client:
        return _shown(node.change(client, joining, leaving, int(version)))


def _shown(found: Any) -> dict[str, Any]:
    return {
        "version": found.version,
        "members": {
            str(one.id): f"{one.host}:{one.quorum_port}:{one.election_port}" for one in found.members.values()
        },
    }


def _path(path: str, settings: dict[str, Any], act: bool) -> dict[str, Any]:
    server = node.Server.of(__pillar__)
    wanted = acl.wanted(acl.access(path, settings, server.users), server.users)
    with server.as_admin() as client:
        todo = paths.plan(client, path, wanted)
        if act and todo:
            paths.apply(client, todo)
        return todo.changes()
