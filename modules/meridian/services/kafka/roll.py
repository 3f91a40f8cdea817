"""Restart a cluster's brokers one after the other, each only when it has to be and the others are well."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource, ResourceType

from meridian.common.errors import MeridianError
from meridian.services.kafka import client as kafka_client
from meridian.services.kafka import cluster as kafka_cluster
from meridian.services.kafka import topics, values
from meridian.services.kafka.availability import why_not_stop
from meridian.services.kafka.changes import overrides
from meridian.topology.kafka_mode import KRAFT

#: How long a broker that is to be restarted anyway may take to come up before it is.
_PATIENCE_SECONDS = 15.0
_HEARD_SECONDS = 30.0
# What Kafka says of a value that it never takes, and what of one that only a running broker does not.
_IMPOSSIBLE, _NOT_NOW = "Invalid value", "Invalid dynamic configuration"


def is_impossible(refusal: str) -> bool:
    """Return whether a value that a running broker refused would be refused at its start, too. Pure.

    :param refusal: Kafka's own words.
    """
    return _IMPOSSIBLE in refusal and _NOT_NOW not in refusal


def order(pending: Collection[int], up: Collection[int], leader: int | None) -> list[int]:
    """Return in which order brokers are restarted: those that are not up first, the active controller last.

    A broker that is down has nothing to lose, and may be down because of what was changed. The active
    controller moves at most once when it is last. Pure.

    :param pending: ids of the brokers to restart.
    :param up: ids of the brokers that are up.
    :param leader: id of the active controller, ``None`` when nobody knows.
    """
    return sorted(pending, key=lambda one: (one == leader, one in up, one))


def leader_of(answers: Mapping[int, Mapping[str, Any]]) -> int | None:
    """Return the active controller, as the node with the newest epoch knows it. Pure."""
    known = [(answer["epoch"], answer["leader"]) for answer in answers.values() if answer["leader"] >= 0]
    return max(known)[1] if known else None


def _leader(admin: AdminClient, answers: Mapping[int, Mapping[str, Any]], mode: str) -> int | None:
    # Brokers of a cluster with ZooKeeper answer who it is; with KRaft they answer with any of them.
    return leader_of(answers) if mode == KRAFT else kafka_cluster.controller(admin)


def roll(
    admin: AdminClient,
    nodes: Mapping[int, str],
    answers: Mapping[int, Mapping[str, Any]],
    restart: Callable[[str], None],
    last_log_line: Callable[[str], str],
    report: Callable[[str], None] = lambda message: None,
    deadline: float = 180,
    mode: str = KRAFT,
) -> dict[str, str]:
    """Bring a cluster's brokers to what their files say.

    1. All brokers are up and each replica is in sync; brokers that do not come are restarted first when they
    are to be restarted anyway. 2. Set in each running broker what Kafka can change there; what it refuses
    becomes a reason for a restart. 3. Restart each broker that has a reason: it may go down, goes, comes
    back, and every replica is in sync again.

    :param nodes: broker id → node id, of all brokers of the cluster.
    :param answers: broker id → what :func:`meridian.services.kafka.broker.pending` returned there.
    :param restart: restarts the broker of a node.
    :param last_log_line: last lines of a broker's log, for the message when it does not come up.
    :param report: told of each setting and restart.
    :param deadline: seconds for each wait.
    :param mode: where the cluster has its metadata: with ZooKeeper, brokers are no quorum.
    :return: node id → what was set, and why it was restarted.
    :raises MeridianError: a broker does not come up, or must not go down; brokers after it are left alone.
    """
    done: dict[str, str] = {}
    reasons = {broker: list(answer["restart"]) for broker, answer in answers.items()}
    due = {broker for broker in reasons if reasons[broker]}
    up = _wait_before(admin, nodes, due, last_log_line, deadline)
    for broker in sorted(up):
        already = overridden(admin, broker)
        settings = overrides(answers[broker]["dynamic"], answers[broker]["stated"], already)
        if not settings:
            continue
        text = ", ".join(f"{key}={value}" for key, value in settings.items())
        try:
            topics.alter(admin, ConfigResource(ResourceType.BROKER, str(broker)), dict(settings))
            _await_override(admin, broker, settings)
        except MeridianError as refusal:
            if is_impossible(str(refusal)):
                # No start would take it either: the broker would stay down.
                raise MeridianError(f"{nodes[broker]}: {text}: {refusal}") from refusal
            report(f"{nodes[broker]} takes {text} by a restart only: {refusal}")
            reasons[broker] += [f"CONFIG {key}" for key in settings]
            # What was set before would win over the file after the restart, too.
            if former := dict.fromkeys(settings.keys() & already.keys()):
                topics.alter(admin, ConfigResource(ResourceType.BROKER, str(broker)), former)
        else:
            report(f"{nodes[broker]} has taken {text} without a restart")
            done[nodes[broker]] = f"set {text}"
    pending = [broker for broker in reasons if reasons[broker]]
    quorum = list(nodes) if mode == KRAFT else []
    for broker in order(pending, up, _leader(admin, answers, mode) if pending else None):
        node, reason = nodes[broker], ", ".join(reasons[broker])
        _await_permission(admin, nodes, broker, quorum, deadline)
        report(f"restarting the broker of {node}: {reason}")
        restart(node)
        # Others that are down wait for their own turn.
        down = {one for one in pending if one not in up} - {broker}
        _wait(admin, nodes, set(nodes) - down, last_log_line, deadline, f"after the restart of {node}: ")
        up = {*up, broker}
        done[node] = "; ".join(filter(None, [done.get(node, ""), reason]))
    return done


def wait(
    admin: AdminClient, nodes: Mapping[int, str], last_log_line: Callable[[str], str], deadline: float
) -> None:
    """Wait until all brokers of a cluster are up and each replica is in sync.

    :raises MeridianError: they are not in time; names the nodes, each with the last line of its log.
    """
    _wait(admin, nodes, set(nodes), last_log_line, deadline)


def _wait_before(
    admin: AdminClient,
    nodes: Mapping[int, str],
    pending: Collection[int],
    last_log_line: Callable[[str], str],
    deadline: float,
) -> set[int]:
    """Wait for a cluster, but not long for brokers that are to be restarted; return those that are up."""
    if not pending:
        _wait(admin, nodes, set(nodes), last_log_line, deadline)
        return set(nodes)
    try:
        kafka_cluster.wait_healthy(admin, list(nodes), min(deadline, _PATIENCE_SECONDS))
        return set(nodes)
    except kafka_cluster.NotHealthy as problem:
        if not problem.missing & set(pending):
            _wait(admin, nodes, set(nodes), last_log_line, deadline)
            return set(nodes)
        return set(nodes) - problem.missing


def _wait(
    admin: AdminClient,
    nodes: Mapping[int, str],
    expected: set[int],
    last_log_line: Callable[[str], str],
    deadline: float,
    when: str = "",
) -> None:
    try:
        kafka_cluster.wait_healthy(admin, expected, deadline)
    except kafka_cluster.NotHealthy as problem:
        missing = sorted(nodes[one] for one in problem.missing)
        logs = "".join(f"; {node} said last: {last_log_line(node)}" for node in missing)
        raise MeridianError(f"{when}{problem} after {deadline:.0f} s{logs}") from problem


def _await_permission(
    admin: AdminClient, nodes: Mapping[int, str], broker: int, quorum: Collection[int], deadline: float
) -> None:
    until = time.monotonic() + deadline
    while True:
        seen = kafka_cluster.describe(admin)
        minimum = kafka_cluster.min_in_sync(admin, {part.topic for part in seen.partitions})
        why = why_not_stop(seen, broker, quorum, minimum)
        if not why:
            return
        if time.monotonic() > until:
            raise MeridianError(f"{nodes[broker]} must not go down now: {why}")
        time.sleep(0.5)


def overridden(admin: AdminClient, broker: int) -> dict[str, str]:
    """Return the settings that are set for a broker in the cluster's metadata.

    librdkafka cannot name the resource that stands for all brokers, so each is given them on its own.
    """
    resource = ConfigResource(ResourceType.BROKER, str(broker))
    (entries,) = kafka_client.results(admin.describe_configs([resource]), "settings of broker").values()
    return {
        key: values.shown(entry.value, entry.is_sensitive)
        for key, entry in entries.items()
        if entry.source == ConfigSource.DYNAMIC_BROKER_CONFIG.value
    }


def _await_override(admin: AdminClient, broker: int, settings: Mapping[str, str]) -> None:
    """Wait until a broker has heard of settings that the controller has accepted for it."""
    until = time.monotonic() + _HEARD_SECONDS
    while not values.covers(there := overridden(admin, broker), settings):
        if time.monotonic() > until:
            late = [key for key in values.changed(there, settings) if key in settings]
            said = ", ".join(f"{key}={there.get(key)}" for key in late)
            raise MeridianError(f"broker {broker} says {said} after {_HEARD_SECONDS:.0f} s")
        time.sleep(0.1)
