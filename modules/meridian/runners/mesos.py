"""
Mesos clusters of an environment: what they do, and nodes taken out of service and brought back.
"""

import time
from typing import Any

from meridian.common.errors import MeridianError
from meridian.operations import mesos_clusters, node_drain, work_dirs
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology
from meridian.services.mesos import drain as draining
from meridian.services.mesos import health, maintenance

__opts__: dict[str, Any] = {}


def wait(environment: str = "local-mesos", timeout: float = 180) -> dict[str, Any]:
    """
    Wait until in each region with masters one of them leads.

    environment
        Name of the environment.
    timeout
        Seconds to wait for each.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.wait environment=local-mesos
    """
    topology = load_topology(__opts__, environment)
    leaders = [
        health.wait_for_leader(mesos_clusters.operator(topology, region, patience=0), timeout)
        for region in topology.regions
        if region.with_role("mesos-master")
    ]
    return {"ok": True, "comment": f"leading: {', '.join(leaders) or 'no region has masters'}"}


def state(environment: str = "local-mesos") -> dict[str, Any]:
    """
    Return, by region, what each master says of itself, how each agent is, its tasks, how full its work
    dir is, and what is wrong.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.state environment=local-mesos
    """
    topology = load_topology(__opts__, environment)
    shown = {}
    for region in topology.regions:
        if not region.with_role("mesos-master"):
            continue
        client = mesos_clusters.operator(topology, region)
        tasks = client.tasks()
        try:
            space, problems = work_dirs.look(__opts__, region), []
        except MeridianError as problem:
            space, problems = {}, [str(problem)]
        shown[region.name] = {
            "masters": client.health(),
            "agents": {
                one["agent_info"]["hostname"]: {
                    "id": draining.identity(one),
                    "state": draining.state(one),
                    "tasks": draining.tasks_on(tasks, draining.identity(one)),
                    "work_dir": space.get(one["agent_info"]["hostname"], {}),
                }
                for one in client.agents()
            },
            "problems": problems + work_dirs.lines([space]),
        }
    return shown


def leave(node: str, timeout: float = 300) -> dict[str, Any]:
    """
    Take a node out of service in good order, before it is changed or removed: maintenance is announced, its
    brokers are stopped as their partitions allow it, whatever else runs there ends and starts elsewhere. What
    is stored there stays. A node without an agent is left alone. Interrupted, it goes on when asked again.

    node
        Its id.
    timeout
        Seconds for each broker, and for the rest; afterwards it fails with what remains on the node.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.leave kafka-1.us-east.local-mesos
    """
    changed = _departures(node, timeout).leave(node)
    changes = {node: "out of service"} if changed else {}
    return {"ok": True, "changes": changes, "comment": f"{node}: {'' if changed else 'was '}out of service"}


def come_back(node: str, timeout: float = 300) -> dict[str, Any]:
    """
    Take a node back into service: its maintenance ends, its agent is used, the brokers that were stopped for
    it run again, and every replica is in sync.

    node
        Its id.
    timeout
        Seconds for its agent, for its brokers, and for replicas.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.come_back kafka-1.us-east.local-mesos
    """
    changed = _departures(node, timeout).come_back(node)
    changes = {node: "in service"} if changed else {}
    return {"ok": True, "changes": changes, "comment": f"{node}: {'' if changed else 'was '}in service"}


def away(environment: str = "local-mesos") -> dict[str, Any]:
    """
    Return the nodes that are out of service, each with what keeps it from going on, and how it goes on.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.away environment=local-mesos
    """
    return node_drain.shown(environment)


def roll(environment: str = "local", timeout: float = 300) -> dict[str, Any]:
    """
    Take nodes on record back into service, and give agents their changed flags that cannot have them with
    their tasks: one node after the other leaves, its agent starts anew, it comes back.

    environment
        Name of the environment.
    timeout
        Seconds for each wait.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.roll environment=local-mesos
    """
    topology = load_topology(__opts__, environment)
    changes: dict[str, str] = {}
    for region in topology.regions:
        if region.with_role("mesos-master"):
            changes |= node_drain.NodeDrains(__opts__, topology, region, timeout, _say).roll()
    return {"ok": True, "changes": changes, "comment": f"{len(changes)} agents changed"}


def drain(node: str, grace_seconds: float | None = None, timeout: float = 300) -> dict[str, Any]:
    """
    Empty a node at once: its agent is deactivated, its tasks end and are started elsewhere by their
    frameworks, whatever partitions say (``mesos.leave`` asks them). What they have stored stays. A node
    without an agent is left alone.

    node
        Its id.
    grace_seconds
        Most time that a task gets to end; default: what the task itself asks for.
    timeout
        Seconds to wait until no task is left.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.drain kafka-1.us-east.local-mesos
    """
    done = draining.drain(mesos_clusters.of_node(__opts__, node), node, grace_seconds, timeout, _say)
    if not done.changed:
        return {"ok": True, "changes": {}, "comment": f"{node}: nothing to drain"}
    return {
        "ok": True,
        "changes": {node: "drained"},
        "comment": f"{node}: drained, {len(done.ended)} tasks have ended",
    }


def reactivate(node: str, timeout: float = 60) -> dict[str, Any]:
    """
    Let a node be used again that was drained.

    node
        Its id.
    timeout
        Seconds to wait until its agent is registered.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.reactivate kafka-1.us-east.local-mesos
    """
    changed = draining.reactivate(mesos_clusters.of_node(__opts__, node), node, timeout)
    changes = {node: "reactivated"} if changed else {}
    return {"ok": True, "changes": changes, "comment": f"{node}: {'in' if changed else 'was in'} use again"}


def plan_maintenance(nodes: list[str] | str, starts_in: float = 0, lasts: float = 3600) -> dict[str, Any]:
    """
    Announce that nodes will be unavailable: frameworks are told, and may leave in time. Nothing is stopped.

    nodes
        Ids of nodes of one region, a list or separated by commas.
    starts_in
        Seconds until then.
    lasts
        Seconds that it takes; 0 when that is not known.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.plan_maintenance kafka-1.us-east.local-mesos starts_in=600 lasts=1800
    """
    names = _names(nodes)
    client = mesos_clusters.of_node(__opts__, names[0])
    fresh = maintenance.window(maintenance.machines(client, names), starts_in, lasts, time.time())
    client.plan_maintenance(maintenance.with_window(client.schedule(), fresh))
    return {
        "ok": True,
        "changes": dict.fromkeys(names, "announced"),
        "comment": f"{len(names)} nodes announced",
    }


def start_maintenance(nodes: list[str] | str) -> dict[str, Any]:
    """
    Take announced nodes out of the cluster: their agents and tasks end, and none may come back before
    ``mesos.stop_maintenance``.

    nodes
        Ids of nodes of one region, a list or separated by commas.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.start_maintenance kafka-1.us-east.local-mesos
    """
    names = _names(nodes)
    client = mesos_clusters.of_node(__opts__, names[0])
    client.start_maintenance(maintenance.planned(client.schedule(), names))
    return {"ok": True, "changes": dict.fromkeys(names, "down"), "comment": f"{len(names)} nodes are down"}


def stop_maintenance(nodes: list[str] | str) -> dict[str, Any]:
    """
    End maintenance: nodes that are down may come back, those that were only announced are announced no more.

    nodes
        Ids of nodes of one region, a list or separated by commas.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.stop_maintenance kafka-1.us-east.local-mesos
    """
    names = _names(nodes)
    changed = maintenance.end(mesos_clusters.of_node(__opts__, names[0]), names)
    changes = dict.fromkeys(names, "up") if changed else {}
    return {"ok": True, "changes": changes, "comment": f"{len(names)} nodes may be used"}


def give_up(node: str, confirm: str = "", agent_id: str = "") -> dict[str, Any]:
    """
    Give a dead node's agent up for ever: its tasks and volumes are lost for good, and frameworks are told to
    look for them no more. For a node that will not come back; its agent would be refused if it did.

    node
        Its id.
    confirm
        Its id again: nothing is given up without it.
    agent_id
        Id of the agent, where it is not registered any more.

    CLI Example:

    .. code-block:: bash

        salt-run mesos.give_up kafka-1.us-east.local-mesos confirm=kafka-1.us-east.local-mesos
    """
    if confirm != node:
        return {
            "ok": False,
            "changes": {},
            "comment": f"{node}: say confirm={node} to give up what is stored there for ever",
        }
    found = draining.give_up(mesos_clusters.of_node(__opts__, node), node, agent_id)
    return {"ok": True, "changes": {node: "given up"}, "comment": f"{node}: agent {found} is gone for ever"}


def _departures(node: str, timeout: float) -> node_drain.NodeDrains:
    topology = load_topology(__opts__, node.rpartition(".")[2])
    found = node_drain.of_node(__opts__, topology, node, timeout, _say)
    if found is None:
        raise MeridianError(f"{node}: its region has no Mesos")
    return found


def _say(line: str) -> None:
    progress.report(__opts__, "drain", "note", message=line)


def _names(nodes: list[str] | str) -> list[str]:
    return [one.strip() for one in nodes.split(",")] if isinstance(nodes, str) else list(nodes)


told.in_one_line(globals())
