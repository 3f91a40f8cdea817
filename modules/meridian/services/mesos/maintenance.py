"""Maintenance windows: frameworks are told when machines will be unavailable (docs/maintenance.md of Mesos).

Masters know a machine by the host name *and* the address of its agent. One that is named by half of that is a
machine of its own to them, which no agent is on: nobody would be told.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.mesos import drain
from meridian.services.mesos.operator import OperatorClient

#: ``{"hostname": …, "ip": …}``.
Machine = dict[str, str]


def machine(agent: Mapping[str, Any]) -> Machine:
    """Return the machine of an agent.

    :param agent: one of what :meth:`OperatorClient.agents` returns; its ``pid`` is ``slave(1)@address:port``.
    """
    address = str(agent["pid"]).rpartition("@")[2].rpartition(":")[0].strip("[]")
    return {"hostname": str(agent["agent_info"]["hostname"]), "ip": address}


def machines(client: OperatorClient, nodes: Sequence[str]) -> list[Machine]:
    """Return the machines of nodes.

    :param nodes: their ids, which are host names of agents.
    :raises MeridianError: one has no registered agent.
    """
    agents, found = client.agents(), []
    for node in nodes:
        agent = drain.agent_of(agents, node)
        if agent is None:
            raise MeridianError(f"{node}: no agent of that name is registered, see salt-run mesos.state")
        found.append(machine(agent))
    return found


def window(on: Sequence[Machine], starts_in: float, lasts: float, now: float) -> dict[str, Any]:
    """Return a maintenance window.

    :param on: its machines.
    :param starts_in: seconds from now.
    :param lasts: seconds that it takes; 0 for an end that is not known.
    :param now: seconds since 1970.
    """
    unavailable: dict[str, Any] = {"start": {"nanoseconds": int((now + starts_in) * 1e9)}}
    if lasts:
        unavailable["duration"] = {"nanoseconds": int(lasts * 1e9)}
    return {"machine_ids": [dict(one) for one in on], "unavailability": unavailable}


def with_window(schedule: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the windows of a schedule and one more, which takes its machines out of all others."""
    taken = [one["hostname"] for one in fresh["machine_ids"]]
    return [*without(schedule, taken), dict(fresh)]


def without(schedule: Mapping[str, Any], nodes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the windows of a schedule without some nodes; windows without nodes are left out."""
    kept = []
    for one in schedule.get("windows", ()):
        left = [known for known in one["machine_ids"] if known.get("hostname") not in nodes]
        if left:
            kept.append({**one, "machine_ids": left})
    return kept


def planned(schedule: Mapping[str, Any], nodes: Sequence[str]) -> list[Machine]:
    """Return the machines of nodes as a schedule has them.

    :raises MeridianError: one is in no window.
    """
    known = {
        one.get("hostname"): dict(one) for each in schedule.get("windows", ()) for one in each["machine_ids"]
    }
    if missing := [node for node in nodes if node not in known]:
        first = missing[0]
        raise MeridianError(f"{first}: no maintenance is announced; salt-run mesos.plan_maintenance {first}")
    return [known[node] for node in nodes]


def end(client: OperatorClient, nodes: Sequence[str]) -> bool:
    """Let nodes that were announced, or are down, be used; return whether any was."""
    down = client.down()
    if held := [down[node] for node in nodes if node in down]:
        client.stop_maintenance(held)
    schedule = client.schedule()
    left = without(schedule, nodes)
    if left != list(schedule.get("windows", ())):
        client.plan_maintenance(left)
        return True
    return bool(held)
