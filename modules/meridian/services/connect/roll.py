"""
Restart a group's workers one after the other, each only when it has to and the others are well.
"""

from collections.abc import Callable, Mapping, Sequence

from meridian.services.connect.client import ConnectClient
from meridian.services.connect.health import judge, wait_for_workers, wait_running


def roll(
    client: ConnectClient,
    workers: Mapping[str, str],
    pending: Mapping[str, Sequence[str]],
    restart: Callable[[str], None],
    report: Callable[[str], None] = lambda message: None,
    deadline: float = 180,
) -> dict[str, str]:
    """Restart the workers that have to be.

    1. All workers of the group are ready; who does not come within the deadline fails the run.
    2. For each node with a reason: note the connectors that run, restart its worker, wait for it to be ready,
       and for those connectors to run again with all tasks.

    :param client: client of the group.
    :param workers: node id → URL of its worker.
    :param pending: node id → what its worker has read in another version; see ``connect.worker.pending``.
    :param restart: restarts the worker of a node.
    :param report: told of each restart.
    :param deadline: seconds for each wait.
    :return: node id → why its worker was restarted.
    :raises MeridianError: when a worker or connector does not come back; workers after it are left alone.
    """
    wait_for_workers(client, workers.values(), deadline)
    restarted = {}
    for node in sorted(node for node, reasons in pending.items() if reasons):
        reason = f"changed: {', '.join(pending[node])}"
        report(f"restarting the worker of {node}, {reason}")
        running = [
            name
            for name, seen in client.connectors().items()
            if judge(seen["status"], False).state == "RUNNING"
        ]
        restart(node)
        wait_for_workers(client, workers.values(), deadline)
        wait_running(client, running, may_lack_tasks=running, deadline=deadline, report=report)
        restarted[node] = reason
    return restarted
