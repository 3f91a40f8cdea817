"""Restart a cluster's nodes one after the other, each only when it has to be and the others are well."""

from collections.abc import Callable, Mapping, Sequence

from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import health
from meridian.services.elasticsearch.client import ElasticClient

ALLOCATION = "cluster.routing.allocation.enable"


def order(pending: Mapping[str, Sequence[str]], master: str) -> list[str]:
    """Return the nodes to restart: those with a reason, by name, the elected master last. Pure."""
    return sorted(
        (node for node, reasons in pending.items() if reasons), key=lambda one: (one == master, one)
    )


def roll(
    client: ElasticClient,
    pending: Mapping[str, Sequence[str]],
    restart: Callable[[str], None],
    report: Callable[[str], None] = lambda message: None,
    deadline: float = 180,
) -> dict[str, str]:
    """Restart the nodes that have to be.

    1. Allocation that an interrupted run left switched off is switched on. 2. All nodes are in the cluster
    and every replica is allocated; else nothing is touched. 3. For each node with a reason, the elected
    master last: replicas are no longer allocated, so that none is copied elsewhere for a node that comes back
    at once; what memory holds is written; the node is restarted and waited for; allocation is switched on
    again, whatever happened; all is green before the next one.

    :param client: client of the cluster.
    :param pending: node → what it has read in another version, as ``elasticsearch.pending`` tells.
    :param restart: restarts a node's service.
    :param report: told of each restart.
    :param deadline: seconds for each wait.
    :return: node → why it was restarted.
    :raises MeridianError: a node does not come back; those after it are left alone.
    """
    nodes = list(pending)
    health.wait(client, nodes, "yellow", deadline)
    held = client.settings().get(ALLOCATION, "all")
    if held == "primaries":
        client.set_settings({ALLOCATION: None})
    elif held != "all":
        raise MeridianError(
            f"someone has set {ALLOCATION} to {held}; nodes are not restarted before it is put back to all"
        )
    health.wait(client, nodes, "green", deadline)
    restarted: dict[str, str] = {}
    master = next((name for name, facts in client.nodes().items() if facts["master"]), "")
    for node in order(pending, master):
        reason = f"changed: {', '.join(pending[node])}"
        report(f"restarting {node}, {reason}")
        try:
            client.set_settings({ALLOCATION: "primaries"})
            client.flush()
            restart(node)
            health.wait(client, nodes, "yellow", deadline)
        except MeridianError as error:
            raise MeridianError(f"restart of {node}: {error}") from error
        finally:
            client.set_settings({ALLOCATION: None})
        restarted[node] = reason
        health.wait(client, nodes, "green", deadline)
    return restarted
