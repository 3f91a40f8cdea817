"""
The Mesos cluster that this node is a master or an agent of.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.node.facts import loops
from meridian.services.mesos import drain as draining
from meridian.services.mesos import health, reconfiguration, renewal
from meridian.services.mesos import isolation as isolating
from meridian.services.mesos import work_dir as measuring
from meridian.services.mesos.operator import OperatorClient, read_credential

_FOLDER = Path("/etc/meridian/mesos")
_AUTHORITY = Path("/etc/meridian/pki/ca.pem")
_AGENT, _MASTER = "meridian-mesos-agent", "meridian-mesos-master"

if TYPE_CHECKING:
    __pillar__: dict[str, Any]
    __salt__: dict[str, Any]
    __grains__: dict[str, Any]


def leader() -> str:
    """
    Return the URL of the leading master.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local-mesos mesos.leader
    """
    return _client().leader()


def state() -> dict[str, Any]:
    """
    Return what each master says of itself, how each agent is, and how many tasks each framework has.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local-mesos mesos.state
    """
    client = _client()
    tasks = client.tasks()
    frameworks = {}
    for one in client.frameworks():
        info = one["framework_info"]
        mine = [task for task in tasks if task["framework_id"] == info["id"]]
        frameworks[info["name"]] = {
            "id": info["id"]["value"],
            "connected": bool(one.get("connected")),
            "tasks": len(mine),
        }
    agents = {one["agent_info"]["hostname"]: draining.state(one) for one in client.agents()}
    return {"masters": client.health(), "agents": agents, "frameworks": frameworks}


def agents() -> dict[str, dict[str, Any]]:
    """
    Return the agents that are registered: id, state, attributes and tasks of each, by node.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local-mesos mesos.agents
    """
    client = _client()
    tasks = client.tasks()
    return {
        one["agent_info"]["hostname"]: {
            "id": draining.identity(one),
            "state": draining.state(one),
            "attributes": {
                each["name"]: (each.get("text") or each.get("scalar") or {}).get("value")
                for each in one["agent_info"].get("attributes", ())
            },
            "tasks": draining.tasks_on(tasks, draining.identity(one)),
        }
        for one in client.agents()
    }


def drain(node: str, grace_seconds: float | None = None, seconds: float = 300) -> dict[str, Any]:
    """
    Empty a node: its tasks end, nothing is placed on it any more. What they have stored stays.

    node
        Its id.
    grace_seconds
        Most time that a task gets to end; default: what the task itself asks for.
    seconds
        How long to wait until no task is left.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local-mesos mesos.drain kafka-1.us-east.local-mesos
    """
    done = draining.drain(_client(), node, grace_seconds, seconds)
    return {"agent": done.agent_id, "changed": done.changed, "ended": list(done.ended)}


def reactivate(node: str) -> bool:
    """
    Let a node be used again that was drained. Returns whether it was out of use.

    node
        Its id.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local-mesos mesos.reactivate kafka-1.us-east.local-mesos
    """
    return draining.reactivate(_client(), node)


def maintenance() -> dict[str, Any]:
    """
    Return the maintenance schedule: which machines will be unavailable, and when.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local-mesos mesos.maintenance
    """
    return _client().schedule()


def isolation() -> dict[str, Any]:
    """
    Return which launcher and isolators this node's control groups allow to its agent, and why.

    CLI Example:

    .. code-block:: bash

        salt-call mesos.isolation
    """
    found = isolating.decide(isolating.mounts(), os.geteuid() == 0)
    return {"launcher": found.launcher, "isolation": list(found.isolators), "reason": found.reason}


def agent_ready(url: str, seconds: float = 120) -> bool:
    """
    Wait until this node's agent is registered with the leading master; fails when its work dir is full, or
    its tasks could not be checked by HTTP.

    url
        The agent's own, ``https://<node id>:5051``.
    seconds
        How long to wait at most.

    CLI Example:

    .. code-block:: bash

        salt-call mesos.agent_ready https://kafka-1.us-east.local-mesos:5051
    """
    if full := work_dir()["problem"]:
        raise MeridianError(full)
    health.must_check_tasks()
    with loops.watched(__grains__["id"], _AGENT, seconds):
        health.wait_for_agent(url, read_credential(_FOLDER / "credential.json"), _AUTHORITY, seconds)
    return True


def work_dir() -> dict[str, Any]:
    """
    Return how full the disk of this agent's work dir is, and what is wrong with that.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local-mesos mesos.work_dir
    """
    settings = __pillar__["mesos"]
    folder = Path(settings["data"]) / "agent"
    space = measuring.look(folder)
    limit = settings["agent"]["work_dir_percent"]
    problem = measuring.objection(__grains__["id"], folder, space, limit)
    return {"used_percent": space.used_percent, "free_mb": space.free_mb, "problem": problem}


def pending() -> list[str]:
    """
    Return why this node's agent cannot be restarted with the flags that its files have now and keep its
    tasks; empty when it can, or does not run.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local-mesos mesos.pending
    """
    pid = int(__salt__["service.show"](_AGENT).get("MainPID", 0) or 0)
    before = renewal.environment_of(pid) if pid else {}
    if not before:
        return []
    after: dict[str, str] = {}
    for name in ("agent", "isolation"):
        after |= reconfiguration.variables((_FOLDER / name).read_text(encoding="utf-8"))
    return reconfiguration.refusals(before, after)


def renew(seconds: float = 120) -> str:
    """
    Start this node's agent as a new one, with the flags that its files have now, once no task runs here. What
    tasks have stored in volumes stays. Returns the new agent's URL.

    seconds
        How long to wait until it is registered.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local-mesos mesos.renew
    """
    url = f"https://{__grains__['id']}:{__pillar__['mesos']['ports']['agent']}"
    credential = read_credential(_FOLDER / "credential.json")
    renewal.refuse_with_tasks(url, credential, _AUTHORITY)
    flags = reconfiguration.variables((_FOLDER / "agent").read_text(encoding="utf-8"))
    __salt__["service.stop"](_AGENT)
    renewal.forget_identity(Path(flags["MESOS_WORK_DIR"]))
    __salt__["service.start"](_AGENT)
    health.wait_for_agent(url, credential, _AUTHORITY, seconds)
    return url


def master_ready(seconds: float = 120) -> str:
    """
    Wait until a master leads and answers, and return its URL.

    seconds
        How long to wait at most.

    CLI Example:

    .. code-block:: bash

        salt masters-1.us-east.local-mesos mesos.master_ready
    """
    with loops.watched(__grains__["id"], _MASTER, seconds):
        return health.wait_for_leader(_client(patience=0), seconds)


def _client(patience: float = 60) -> OperatorClient:
    """Return a client of the node's own cluster; only masters know the operator's secret."""
    settings = __pillar__["mesos"]
    urls = [f"https://{node}:{settings['ports']['master']}" for node in settings["masters"]]
    credential = read_credential(_FOLDER / "credentials.json", "operator")
    return OperatorClient(urls, credential, _AUTHORITY, patience=patience)
