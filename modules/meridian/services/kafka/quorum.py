"""Controllers that are no brokers: restarted one after the other, each when the others are a quorum."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.kafka.cluster import Cluster
from meridian.services.kafka.roll import leader_of, order

_POLL_SECONDS = 0.5

#: Asks nodes for what :func:`meridian.services.kafka.broker.quorum` says: node id → answer.
Ask = Callable[[list[str]], Mapping[str, Mapping[str, Any]]]


def roll(
    nodes: Mapping[int, str],
    answers: Mapping[int, Mapping[str, Any]],
    ask: Ask,
    restart: Callable[[str], None],
    report: Callable[[str], None] = lambda message: None,
    deadline: float = 180,
) -> dict[str, str]:
    """Restart the controllers that have to be, the active one last.

    :param nodes: controller id → node id, of all controllers of the cluster.
    :param answers: controller id → what :func:`meridian.services.kafka.broker.pending` returned there.
    :param ask: asks nodes how their controllers are.
    :param restart: restarts the controller of a node.
    :param deadline: seconds for each wait.
    :return: node id → why it was restarted.
    :raises MeridianError: the quorum is not whole in time; controllers after it are left alone.
    """
    pending = {one: ", ".join(answer["restart"]) for one, answer in answers.items() if answer["restart"]}
    done: dict[str, str] = {}
    if not pending:
        wait(nodes, ask, deadline)
        return done
    missing = set(not_well(nodes, ask(list(nodes.values()))))
    up = {one for one, node in nodes.items() if node not in missing}
    for one in order(pending, up, leader_of(answers)):
        node = nodes[one]
        if one in up:
            wait({other: host for other, host in nodes.items() if other != one}, ask, deadline)
        report(f"restarting the controller of {node}: {pending[one]}")
        restart(node)
        wait({other: host for other, host in nodes.items() if other in up | {one}}, ask, deadline)
        up.add(one)
        done[node] = pending[one]
    return done


def still_broker(cluster: Cluster, nodes: Mapping[int, str], pending: Collection[int]) -> dict[str, int]:
    """Return the brokers that a restart makes mere controllers, and their replicas homeless. Pure.

    :param nodes: controller id → node id.
    :param pending: ids of the controllers that are to be restarted.
    :return: node id → how many replicas it has.
    """
    counts = Counter(broker for part in cluster.partitions for broker in part.replicas)
    return {nodes[one]: counts[one] for one in sorted(pending) if counts[one]}


def wait(nodes: Mapping[int, str], ask: Ask, deadline: float) -> None:
    """Wait until controllers listen and know the same leader.

    :raises MeridianError: they do not in time; says which and why.
    """
    until = time.monotonic() + deadline
    while True:
        problems = not_well(nodes, ask(list(nodes.values())))
        if not problems:
            return
        if time.monotonic() > until:
            text = "; ".join(f"{node}: {why}" for node, why in sorted(problems.items()))
            raise MeridianError(f"the controllers are no whole quorum after {deadline:.0f} s: {text}")
        time.sleep(_POLL_SECONDS)


def not_well(nodes: Mapping[int, str], answers: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the controllers that do not serve, or follow another leader than the newest; with why. Pure."""
    newest = max((answers[node]["epoch"] for node in nodes.values() if node in answers), default=-1)
    found = {}
    for node in nodes.values():
        answer = answers.get(node, {"up": False, "leader": -1, "epoch": -1})
        if not answer["up"]:
            found[node] = "does not listen"
        elif answer["leader"] < 0:
            found[node] = "knows no leader"
        elif answer["epoch"] < newest:
            found[node] = f"is in epoch {answer['epoch']}, the newest is {newest}"
    return found
