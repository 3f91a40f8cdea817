"""Two messages through every flow: one that must reach the centre and the archive, one the filter must stop.

1. Remember where the target topics end. 2. Produce *stop*, then *pass*, to the same partition of the source.
3. Wait for *pass* in the target. A partition keeps its order through a flow, so with *pass* there and *stop*
not, *stop* was held back rather than late. 4. Wait until the archives of source and target hold them. 5. Read
the target once more: a second connector that carries the topic has had time by now to bring them again.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from confluent_kafka import KafkaError, Message

from meridian.topology.model import Flow, Topology
from meridian.verification import archived, carried, clients, reading
from meridian.verification.delivery import Deliveries
from meridian.verification.result import Row, row

PASS, STOP = "pass", "stop"
_POLL_SECONDS = 0.5
# How long after its arrival a canary may come a second time: two of a flow's transactions, and a poll.
_AGAIN_SECONDS = 3.0


@dataclass
class _Trip:
    """One flow's canaries on their way.

    :ivar start: where the target topic ended before they were sent.
    :ivar sent: partition and offset of each in the source.
    :ivar arrived: likewise in the target, of each that came.
    """

    flow: Flow
    topic: str
    start: dict[int, int]
    sent: dict[str, tuple[int, int]] = field(default_factory=dict)
    arrived: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: {PASS: [], STOP: []})


def check(
    topology: Topology,
    run: str,
    report: Callable[[str], None],
    patience: float = 90.0,
    again: float = _AGAIN_SECONDS,
) -> list[Row]:
    """Send canaries through all flows at once and follow them.

    :param run: identifies this run, in the messages' header ``run``.
    :param report: told what is waited for.
    :param patience: seconds to wait for all flows' targets, and again for all archives.
    :param again: seconds after the last arrival within which none may come a second time.
    :return: rows for each flow; a flow that does not carry the canaries' topic has none.
    :raises MeridianError: when a canary could not be produced.
    """
    topic = topology.settings["verification"]["canary"]["topic"]
    flows = carried.flows(topology, topic)
    trips = [_Trip(flow, topic, _end_of_target(topology, flow, topic)) for flow in flows]
    _send(topology, trips, run)
    deadline = time.monotonic() + patience
    for trip in trips:
        report(f"canaries of {trip.flow.name} are on their way")
        _follow(topology, trip, run, max(1.0, deadline - time.monotonic()))
    last = time.monotonic()
    deadline = last + patience
    archives = [one for trip in trips for one in _archived(topology, trip, deadline)]
    reading.wait_until(last + again)
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda trip: _count(topology, trip, run, patience), trips))
    return [one for trip in trips for one in _arrived(trip, patience)] + archives


def _arrived(trip: _Trip, patience: float) -> list[Row]:
    came = len(trip.arrived[PASS])
    stopped = 0 if trip.flow.settings["filter"] else 1
    # Before pass has come, that stop has not says nothing.
    seen = len(trip.arrived[STOP]) if came else "unknown"
    note = _why_missing(trip, patience) if not came else _why_again(trip)
    return [
        row(f"{trip.flow.name}: canary that must pass", 1, came, note),
        row(
            f"{trip.flow.name}: canary for the filter",
            stopped,
            seen,
            _why_again(trip) if came > 1 else "see flows.<flow>.filter in the pillar",
        ),
    ]


def _end_of_target(topology: Topology, flow: Flow, topic: str) -> dict[int, int]:
    consumer = clients.consumer(topology, topology.region(flow.target))
    try:
        return reading.ends(consumer, carried.arrives_as(flow, topic))
    finally:
        consumer.close()


def _send(topology: Topology, trips: Sequence[_Trip], run: str) -> None:
    deliveries = Deliveries()
    producers = {
        source: clients.producer(topology, topology.region(source))
        for source in {trip.flow.source for trip in trips}
    }
    for trip in trips:
        for kind in (STOP, PASS):

            def delivered(
                error: KafkaError | None, message: Message, trip: _Trip = trip, kind: str = kind
            ) -> None:
                deliveries.report(error, message)
                if error is None:
                    trip.sent[kind] = reading.place(message)

            # The same key: the same partition, hence an order.
            producers[trip.flow.source].produce(
                trip.topic,
                f'{{"canary":"{kind}","flow":"{trip.flow.name}"}}'.encode(),
                f"canary-{run}-{trip.flow.name}".encode(),
                headers=[("canary", kind.encode()), ("flow", trip.flow.name.encode()), ("run", run.encode())],
                on_delivery=delivered,
            )
    deliveries.finish(producers.values())


def _follow(topology: Topology, trip: _Trip, run: str, patience: float) -> None:
    """Read the target until *pass* is there."""
    with ExitStack() as stack:
        consumer = clients.consumer(topology, topology.region(trip.flow.target))
        stack.callback(consumer.close)
        name = carried.arrives_as(trip.flow, trip.topic)
        for message in reading.follow(consumer, name, trip.start, patience):
            if (kind := _kind(trip, run, message)) is not None:
                trip.arrived[kind].append(reading.place(message))
                if kind == PASS:
                    return


def _count(topology: Topology, trip: _Trip, run: str, patience: float) -> None:
    """Read all that the target has by now."""
    if not trip.arrived[PASS]:
        return
    with ExitStack() as stack:
        consumer = clients.consumer(topology, topology.region(trip.flow.target))
        stack.callback(consumer.close)
        name = carried.arrives_as(trip.flow, trip.topic)
        found: dict[str, list[tuple[int, int]]] = {PASS: [], STOP: []}
        for message in reading.whole(consumer, name, patience, trip.start):
            if (kind := _kind(trip, run, message)) is not None:
                found[kind].append(reading.place(message))
        trip.arrived = found


def _kind(trip: _Trip, run: str, message: Message) -> str | None:
    """Return which canary of the trip a record is, ``None`` for any other record."""
    if (reading.header(message, "run"), reading.header(message, "flow")) != (
        run.encode(),
        trip.flow.name.encode(),
    ):
        return None
    kind = (reading.header(message, "canary") or b"").decode()
    return kind if kind in (PASS, STOP) else None


def _archived(topology: Topology, trip: _Trip, deadline: float) -> list[Row]:
    """Wait for the archives of both ends."""
    flow, rows = trip.flow, []
    for region, topic, places in (
        (flow.source, trip.topic, list(trip.sent.values())),
        (
            flow.target,
            carried.arrives_as(flow, trip.topic),
            [place for kind in trip.arrived.values() for place in kind],
        ),
    ):
        if not archived.keeps(topology, region, topic):
            continue
        while (found := archived.holds(topology, region, topic, places)) < len(places):
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_SECONDS)
        name = f"{flow.name}: canaries in the archive of {region}"
        rows.append(row(name, max(1, len(places)), found, f"see journalctl -u meridian-archiver in {region}"))
    return rows


def _why_missing(trip: _Trip, patience: float) -> str:
    return (
        f"not in {carried.arrives_as(trip.flow, trip.topic)} of {trip.flow.target} within {patience:.0f} s;"
        " ./meridian status shows the flow's state"
    )


def _why_again(trip: _Trip) -> str:
    return (
        f"arrived more than once in {carried.arrives_as(trip.flow, trip.topic)} of {trip.flow.target}: "
        "another connector carries it too; ./meridian status names those that no flow of the pillar has"
    )
