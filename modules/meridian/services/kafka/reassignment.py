"""Moving replicas: by Kafka's own tool, as no Python client can; bounded in traffic, and verified."""

import json
import re
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from confluent_kafka.admin import AdminClient

from meridian.common.errors import MeridianError
from meridian.services.kafka import cluster as kafka_cluster
from meridian.services.kafka import everywhere
from meridian.services.kafka.java import JavaTool, Tool

__all__ = ["THROTTLES", "JavaTool", "Tool", "cancel", "finish", "left", "reassign", "start", "under_way"]

#: Settings that a topic has while its replicas move.
THROTTLES = ("leader.replication.throttled.replicas", "follower.replication.throttled.replicas")
_POLL_SECONDS = 0.5
_SETTLE_SECONDS = 5.0
_VERIFICATIONS = 4

#: Topic → partition → its replicas, the preferred leader first.
Placement = Mapping[str, Mapping[int, Sequence[int]]]


def reassign(
    admin: AdminClient,
    tool: Tool,
    topic: str,
    replicas: Mapping[int, Sequence[int]],
    throttle_bytes: int,
    deadline: float = 3600,
) -> None:
    """Give partitions of a topic new replicas, and return when each has exactly them, all in sync.

    1. Start, with the replication traffic that it causes bounded. 2. Look at the cluster until it is so.
    3. Let the tool take the bound away, and see that it is gone. When the time is up, the replicas go on to
    move within the bound, and the next run finishes what is left.

    :param replicas: partition → broker ids, the preferred leader first.
    :param throttle_bytes: bytes per second and broker, for the moving replicas only.
    :param deadline: seconds to wait at most.
    :raises MeridianError: the tool refuses, the time is up, or the replicas are not the wanted ones.
    """
    wanted = {topic: replicas}
    start(tool, wanted, throttle_bytes)
    _await(admin, wanted, deadline)
    finish(admin, tool, wanted)


def start(tool: Tool, wanted: Placement, throttle_bytes: int) -> None:
    """Ask for new replicas, and return at once; Kafka goes on by itself, whatever becomes of the caller.

    :param throttle_bytes: bytes per second and broker, for the moving replicas only.
    :raises MeridianError: the tool refuses.
    """
    with _file(wanted) as plan:
        # --additional: an interrupted run may have left some of it under way.
        tool([*plan, "--execute", "--additional", "--throttle", str(throttle_bytes)])


def left(admin: AdminClient, wanted: Placement) -> list[str]:
    """Return the partitions whose replicas are not the wanted ones, or not all in sync."""
    seen = {(part.topic, part.number): part for part in kafka_cluster.describe(admin).partitions}
    return [
        f"{topic}/{number}"
        for topic, replicas in sorted(wanted.items())
        for number, brokers in sorted(replicas.items())
        if (topic, number) not in seen
        or seen[topic, number].replicas != tuple(brokers)
        or set(seen[topic, number].in_sync) != set(brokers)
    ]


def finish(admin: AdminClient, tool: Tool, wanted: Placement) -> None:
    """Take the bound on traffic away that :func:`start` set, when nothing is left.

    :raises MeridianError: it is still there.
    """
    with _file(wanted) as plan:
        for _ in range(_VERIFICATIONS):
            # A broker that has not heard yet of the end lets the tool leave the bound where it is.
            tool([*plan, "--verify"])
            if not _still_throttled(admin, wanted):
                return
    named = ", ".join(sorted(wanted))
    raise MeridianError(f"topic {named}: replicas were moved, but their traffic is still bounded")


def cancel(admin: AdminClient, tool: Tool, wanted: Placement) -> None:
    """Stop what is under way: replicas go back to where they were, the bound on traffic is taken away.

    Partitions whose replicas have moved by now stay as they are.

    :raises MeridianError: the tool refuses, or traffic is still bounded.
    """
    with _file(wanted) as plan:
        for _ in range(_VERIFICATIONS):
            tool([*plan, "--cancel"])
            if not _still_throttled(admin, wanted):
                return
    raise MeridianError(f"topic {', '.join(sorted(wanted))}: cancelled, but their traffic is still bounded")


def under_way(tool: Tool) -> dict[str, dict[int, tuple[int, ...]]]:
    """Return what Kafka is moving now: topic → partition → the replicas that it will have."""
    found: dict[str, dict[int, tuple[int, ...]]] = {}
    for line in tool(["--list"]).splitlines():
        seen = re.match(
            r"(\S+)-(\d+): replicas: ([\d,]+)\.(?: adding: [\d,]+\.)?(?: removing: ([\d,]+)\.)?", line
        )
        if seen:
            removed = set(_numbers(seen[4] or ""))
            replicas = tuple(one for one in _numbers(seen[3]) if one not in removed)
            found.setdefault(seen[1], {})[int(seen[2])] = replicas
    return found


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one]


@contextmanager
def _file(wanted: Placement) -> Iterator[list[str]]:
    """Write a plan as the tool reads it; the arguments that name it."""
    moves = [
        {"topic": topic, "partition": number, "replicas": list(brokers)}
        for topic, replicas in sorted(wanted.items())
        for number, brokers in sorted(replicas.items())
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"version": 1, "partitions": moves}, file)
        file.flush()
        yield ["--reassignment-json-file", file.name]


def _still_throttled(admin: AdminClient, topics: Collection[str]) -> bool:
    """Give the brokers some seconds to hear that the bound is gone."""
    until = time.monotonic() + _SETTLE_SECONDS
    while bounded(admin, topics):
        if time.monotonic() > until:
            return True
        time.sleep(0.1)
    return False


def throttled(admin: AdminClient, topic: str) -> bool:
    """Return whether the traffic of a topic's replicas is bounded: a reassignment has not ended."""
    return bool(bounded(admin, [topic]))


def bounded(admin: AdminClient, topics: Collection[str]) -> list[str]:
    """Return the topics whose replicas' traffic is bounded, as far as any broker knows.

    One broker's word is not enough: one that has not even heard of the bound would call it gone.

    :raises MeridianError: no broker answers.
    """
    if not topics:
        return []
    return sorted(
        {
            name
            for told in everywhere.settings(admin, topics)
            for name, entries in told.items()
            if any(entries[key].value for key in THROTTLES if key in entries)
        }
    )


def _await(admin: AdminClient, wanted: Placement, deadline: float) -> None:
    until = time.monotonic() + deadline
    while wrong := left(admin, wanted):
        if time.monotonic() > until:
            named = ", ".join(sorted(wanted))
            raise MeridianError(
                f"topic {named}: replicas still move after {deadline:.0f} s: {', '.join(wrong)}"
            )
        time.sleep(_POLL_SECONDS)
