"""A node leaves its cluster in good order before it is changed or removed, and comes back into service."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from meridian.common.errors import MeridianError
from meridian.services.mesos import drain as draining
from meridian.services.mesos import maintenance
from meridian.services.mesos.away import AWAY, LEAVING, REMOVED, MaintenanceRecord, Record
from meridian.services.mesos.operator import OperatorClient

Say = Callable[[str], None]


class Brokers(Protocol):
    """Kafka brokers that are tasks of the cluster, as their scheduler knows them."""

    def on(self, node: str) -> list[int]:
        """Return the ids of those that are on a node."""

    def stop(self, broker: int, seconds: float) -> None:
        """Stop one as soon as its partitions allow it; raises with what keeps it up."""

    def start(self, brokers: tuple[int, ...], seconds: float) -> None:
        """Have brokers run; raises with why one does not."""

    def wait_in_sync(self, seconds: float) -> None:
        """Wait until every replica is in sync; raises with what is not."""

    def give_up(self, node: str, agent_id: str) -> list[str]:
        """Give up the volumes on an agent that is gone for ever; return their ids."""


def leave(
    client: OperatorClient,
    brokers: Brokers | None,
    node: str,
    record: Record,
    seconds: float = 300,
    say: Say = lambda line: None,
) -> bool:
    """Take a node out of service without a surprise.

    1. A node without a registered agent has nothing to leave. 2. It is written down. 3. Its agent is
    deactivated: nothing is placed there any more. (Maintenance is not announced, and ends if an operator has:
    Mesos drains no agent of an announced machine.) 4. When every replica of the cluster is in sync, its
    brokers are stopped, each as soon as no partition falls under its min.insync.replicas by it. 5. The agent
    is drained: what else runs there ends and starts elsewhere. Again: it goes on where it was.

    :param brokers: ``None`` where no scheduler runs any.
    :param seconds: for each broker, and for the drain.
    :param say: told what is going on.
    :return: whether anything was done.
    :raises MeridianError: it did not end in time; names the node, what remains on it, and how to go on.
    """
    agent = draining.agent_of(client.agents(), node)
    if agent is None:
        return False
    held = record.find(node)
    on_it = tuple(brokers.on(node)) if brokers is not None else ()
    if held is not None and held.state == AWAY and draining.state(agent) == "drained" and not on_it:
        return False
    before = held.brokers if held is not None else ()
    stopped = tuple(sorted({*before, *on_it}))
    record.put(MaintenanceRecord(node, draining.identity(agent), stopped, LEAVING))
    try:
        maintenance.end(client, [node])
        if draining.state(agent) == "active":
            client.deactivate(draining.identity(agent))
        if brokers is not None and on_it:
            if stopped == on_it:
                # Once one of them is down, its replicas cannot be in sync: the scheduler sees to the others.
                brokers.wait_in_sync(seconds)
            for broker in on_it:
                say(f"{node}: broker {broker} stops")
                brokers.stop(broker, seconds)
        draining.drain(client, node, None, seconds, say)
    except MeridianError as problem:
        left = (
            problem.left if isinstance(problem, draining.NotDrained) else f"{node} is not drained: {problem}"
        )
        record.note(node, left)
        raise MeridianError(f"{left}; {(record.find(node) or MaintenanceRecord(node)).next}") from problem
    record.put(MaintenanceRecord(node, draining.identity(agent), stopped, AWAY))
    return True


def come_back(
    client: OperatorClient,
    brokers: Brokers | None,
    node: str,
    record: Record,
    seconds: float = 300,
    say: Say = lambda line: None,
) -> bool:
    """Take a node back into service.

    1. Its maintenance ends. 2. Its agent, which may be a new one, is used again. 3. The brokers that were
    stopped for it run again, and every replica is in sync. 4. It is struck off the record.

    :param seconds: for the agent, for the brokers, and for replicas.
    :return: whether it was out of service.
    :raises MeridianError: its agent is not registered, or a broker does not come back.
    """
    held = record.find(node)
    changed = maintenance.end(client, [node])
    changed |= draining.reactivate(client, node, seconds)
    if held is not None and held.brokers and brokers is not None:
        say(f"{node}: in use again, {_named(held.brokers)} start")
        try:
            brokers.start(held.brokers, seconds)
            brokers.wait_in_sync(seconds)
        except MeridianError as problem:
            # The agent is in use by now; what is left to do is left on record.
            why = f"{node}: in use again, but {problem}"
            record.put(replace(held, state=AWAY, why=why))
            raise MeridianError(f"{why}; salt-run mesos.come_back {node} goes on") from problem
    record.forget(node)
    return changed or held is not None


def removed(
    client: OperatorClient, brokers: Brokers | None, node: str, record: Record, say: Say = lambda line: None
) -> None:
    """Tell Mesos and the scheduler that a node's machine is gone for ever, with what was stored on it.

    Its brokers come back with new volumes, which Kafka fills from the other replicas.
    """
    held = record.find(node) or MaintenanceRecord(node)
    record.put(replace(held, state=REMOVED, why=""))
    agent = draining.agent_of(client.agents(), node)
    agent_id = held.agent_id or (draining.identity(agent) if agent is not None else "")
    maintenance.end(client, [node])
    if not agent_id:
        return
    client.mark_gone(agent_id)
    if brokers is not None:
        for volume in brokers.give_up(node, agent_id):
            say(f"{node}: volume {volume} is given up")


def masters_objection(health: Mapping[str, str], leaving: str) -> str:
    """Return why a master must not leave now; empty when it may.

    :param health: what :meth:`OperatorClient.health` returned, by URL.
    :param leaving: the URL of the one that is to leave.
    """
    quorum = len(health) // 2 + 1
    well = [url for url, said in health.items() if url != leaving and said in ("leading", "standing by")]
    if len(well) >= quorum:
        return ""
    sick = "; ".join(f"{url}: {said}" for url, said in sorted(health.items()) if url not in (*well, leaving))
    return f"{len(well)} other Mesos masters work, the quorum is {quorum} ({sick or 'there are no others'})"


def _named(brokers: tuple[int, ...]) -> str:
    return f"broker{'s' if len(brokers) > 1 else ''} {', '.join(map(str, brokers))}"
