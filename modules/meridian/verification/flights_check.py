"""The flights check: 336,776 real records through the whole platform, counted against a known answer.

1. Remember where all topics end. 2. Publish the flights to the regions of their airports, and a mark behind
them into each partition. 3. Read each flow's target until the marks are there: what came before them has to
be exactly the delayed flights, once each, unaltered. 4. Wait until the archives cover it all; they hold every
record, without gap; and until the search clusters have a document for each. 5. Restore one hour into a topic
of its own; it equals what was published, byte by byte.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

import pandas
from confluent_kafka import Consumer

from meridian.common.errors import MeridianError
from meridian.topology.model import Flow, Topology
from meridian.verification import (
    archived,
    carried,
    clients,
    dataset,
    expected,
    flights,
    indexed,
    reading,
    restored,
)
from meridian.verification.expected import Arrived
from meridian.verification.result import Row, row


@dataclass
class _Plan:
    """What will be published where.

    :ivar regions: airport to region.
    :ivar frame: the data set.
    :ivar records: the data set as records.
    """

    topology: Topology
    run: str
    topic: str
    minutes: float
    frame: pandas.DataFrame
    records: flights.Messages
    regions: dict[str, str]
    flows: list[Flow]

    @property
    def sources(self) -> list[str]:
        """The regions that flights are produced in."""
        return sorted(set(self.regions.values()))


@dataclass
class _Stretch:
    """The part of a topic that this run wrote.

    :ivar start: offsets before the run.
    :ivar end: offsets behind the run's last record of each partition.
    :ivar records: how many records of this run have to be in it.
    """

    region: str
    topic: str
    start: dict[int, int]
    end: dict[int, int] = field(default_factory=dict)
    records: int = 0


def check(
    topology: Topology,
    run: str,
    report: Callable[[str], None],
    during: Callable[[], None] | None = None,
    patience: float = 240.0,
) -> list[Row]:
    """Send all flights and count them everywhere.

    :param run: identifies this run, in each record's header ``run``.
    :param report: told about each step.
    :param during: called once while the flights are on their way, to break something.
    :param patience: seconds without any progress after which a station has failed. Longer than a Connect
        cluster takes to give a dead worker's tasks to others.
    :raises MeridianError: when the flights could not be published, or an archive not be read.
    """
    plan = _plan(topology, run)
    rows: list[Row] = []
    with ExitStack() as stack:
        consumers: dict[str, Consumer] = {}
        for region in topology.regions:
            consumers[region.name] = clients.consumer(topology, region)
            stack.callback(consumers[region.name].close)
        sources = {name: _start(consumers[name], name, plan.topic) for name in plan.sources}
        targets = {
            flow.name: _start(consumers[flow.target], flow.target, carried.arrives_as(flow, plan.topic))
            for flow in plan.flows
        }
        rows += _publish(plan, consumers, sources, report, during)
        for flow in plan.flows:
            report(f"flights: following {flow.name}")
            rows += _arrivals(
                plan, flow, consumers[flow.target], sources[flow.source], targets[flow.name], patience
            )
        for stretch in (*sources.values(), *targets.values()):
            if archived.keeps(topology, stretch.region, stretch.topic):
                report(f"flights: reading the archive of {stretch.topic} in {stretch.region}")
                rows += _archive(plan, stretch, patience)
            if indexed.keeps(topology, stretch.region, stretch.topic):
                report(f"flights: counting the documents of {stretch.topic} in {stretch.region}")
                rows.append(_indexed(plan, stretch, patience))
        for name in plan.sources:
            report(f"flights: restoring an hour of {name}")
            rows.append(_restored(plan, name, consumers[name]))
    return rows


def _plan(topology: Topology, run: str) -> _Plan:
    section = topology.settings["verification"]["flights"]
    topic = section["topic"]
    carrying = carried.flows(topology, topic)
    able = [
        region.name for region in topology.regions if any(flow.source == region.name for flow in carrying)
    ]
    regions = flights.spread(section["origins"], able)
    frame = dataset.flights()
    unknown = sorted(set(frame["origin"]) - set(regions))
    if unknown:
        raise MeridianError(
            f"verification.flights.origins: no region for flights of {', '.join(unknown)}; add one for each"
        )
    return _Plan(
        topology=topology,
        run=run,
        topic=topic,
        minutes=section["delayed_minutes"],
        frame=frame,
        records=flights.messages(frame),
        regions=regions,
        flows=[flow for flow in carrying if flow.source in regions.values()],
    )


def _start(consumer: Consumer, region: str, topic: str) -> _Stretch:
    return _Stretch(region, topic, reading.ends(consumer, topic))


def _publish(
    plan: _Plan,
    consumers: dict[str, Consumer],
    sources: dict[str, _Stretch],
    report: Callable[[str], None],
    during: Callable[[], None] | None,
) -> list[Row]:
    """Publish, mark, and count what the source clusters then have."""
    topology = plan.topology
    producers = {name: clients.producer(topology, topology.region(name)) for name in plan.sources}
    for name, stretch in sources.items():
        if not stretch.start:
            raise MeridianError(f"verification: {name} has no topic {plan.topic}; ./meridian deploy makes it")
        flights.check_retention(clients.admin(topology, topology.region(name)), name, plan.topic)
    by_airport = {airport: producers[name] for airport, name in plan.regions.items()}
    flights.publish(plan.records, by_airport, plan.topic, plan.run, report, during)
    marked = {name: sorted(stretch.start) for name, stretch in sources.items()}
    flights.mark_end(producers, plan.topic, plan.run, marked)
    rows = []
    for name, stretch in sources.items():
        stretch.end = reading.ends(consumers[name], plan.topic)
        stretch.records = sum(stretch.end[number] - first for number, first in stretch.start.items())
        wanted = len(expected.of_region(plan.frame, plan.regions, name))
        seen = stretch.records - len(marked[name])
        rows.append(row(f"{name}: flights published", wanted, seen, "a producer lost or doubled records"))
    return rows


def _arrivals(
    plan: _Plan, flow: Flow, consumer: Consumer, source: _Stretch, target: _Stretch, patience: float
) -> list[Row]:
    """Read a flow's target up to the marks, and compare."""
    arrived: list[Arrived] = []
    waiting = set(source.start)
    mine = plan.run.encode()
    for message in reading.follow(consumer, target.topic, target.start, patience):
        if reading.header(message, "run") != mine:
            continue
        partition, offset = reading.place(message)
        target.end[partition] = offset + 1
        target.records += 1
        if reading.header(message, flights.MARKER) is not None:
            waiting.discard(partition)
            if not waiting:
                break
        else:
            arrived.append(Arrived(message.key(), message.value(), reading.headers(message)))
    produced = expected.of_region(plan.frame, plan.regions, flow.source)
    wanted = expected.delayed(produced, plan.minutes) if flow.settings["filter"] else produced
    found = expected.compare(wanted, arrived, plan.run)
    what = f"{flow.name}: delayed flights" if flow.settings["filter"] else f"{flow.name}: flights"
    example = f"for example {found.example}" if found.example else ""
    late = (
        f"partitions {sorted(waiting)} did not arrive to their end; see ./meridian status" if waiting else ""
    )
    return [
        row(f"{what} arrived", len(wanted), found.arrived, late or example),
        row(f"{what} missing", 0, found.missing, late or example),
        row(f"{what} more than once", 0, found.doubled, example),
        row(f"{flow.name}: records that should not be there", 0, found.unmanaged, example),
        row(f"{what} with another value, key or headers", 0, found.altered, example),
    ]


def _archive(plan: _Plan, stretch: _Stretch, patience: float) -> list[Row]:
    """Wait for the archiver and read again all it has stored of a topic."""
    archived.wait(plan.topology, stretch.region, stretch.topic, stretch.end, patience)
    found = archived.verify(plan.topology, stretch.region, stretch.topic, stretch.start, stretch.end)
    name = f"archive of {stretch.region}: {stretch.topic}"
    return [
        row(f"{name}, records of this run", stretch.records, found.records, f"archiver of {stretch.region}"),
        row(f"{name}, gaps, duplicates, damage", 0, len(found.problems), "\n".join(found.problems[:5])),
    ]


def _indexed(plan: _Plan, stretch: _Stretch, patience: float) -> Row:
    """Wait for the sink: a document for each record, and none besides."""
    seen = indexed.wait(
        plan.topology, stretch.region, stretch.topic, stretch.start, stretch.end, stretch.records, patience
    )
    name = f"index of {stretch.region}: {stretch.topic}"
    return row(f"{name}, documents of this run", stretch.records, seen, f"sinks of {stretch.region}")


def _restored(plan: _Plan, region: str, consumer: Consumer) -> Row:
    """Restore the region's busiest hour and compare it with what was published."""
    hour = expected.busiest_hour(expected.of_region(plan.frame, plan.regions, region))
    first = int(hour.timestamp() * 1000)
    wanted = restored.published(plan.records, plan.regions, region, plan.run, first, first + restored.HOUR_MS)
    came = restored.hour(plan.topology, region, plan.topic, plan.run, first, consumer)
    same, others = (wanted & came).total(), (came - wanted).total()
    # More or other records than published are as wrong as fewer.
    seen = f"{same}, and {others} others" if others else same
    return row(f"{region}: hour of {hour:%Y-%m-%d %H:%M} restored byte by byte", wanted.total(), seen)
