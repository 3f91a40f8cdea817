"""The flight-delay publisher: each flight as a JSON record in the region that its airport belongs to.

Key: carrier and flight number (``UA1545``). Value: the data set's columns, what is unknown is ``null``.
Headers: ``origin`` (airport) and ``run`` (which run wrote it). Timestamp: the scheduled departure, so that
"restore the hour from 8 to 9" selects the flights of that hour, as it would for events of a real source. The
topic must therefore keep records whatever their age (``retention.ms: -1``), which is checked.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from meridian.common.errors import MeridianError
from meridian.verification.delivery import Deliveries

MARKER = "marker"
Headers = list[tuple[str, str | bytes | None]]
_STEPS = 10


@dataclass(frozen=True)
class Messages:
    """All flights as records, column by column and in one order.

    :ivar timestamps: scheduled departure, milliseconds since 1970 UTC.
    """

    keys: Sequence[bytes]
    values: Sequence[bytes]
    timestamps: Sequence[int]
    origins: Sequence[str]

    def __len__(self) -> int:
        return len(self.keys)


def messages(frame: pandas.DataFrame) -> Messages:
    """Turn the data set into records.

    :param frame: the data set's columns, see :func:`meridian.verification.dataset.flights`.
    """
    departure = pandas.to_datetime(frame["time_hour"], utc=True) + pandas.to_timedelta(
        frame["minute"], unit="min"
    )
    lines = frame.to_json(orient="records", lines=True).encode().splitlines()
    return Messages(
        keys=(frame["carrier"] + frame["flight"].astype(str)).str.encode("ascii").tolist(),
        values=lines,
        timestamps=(departure.dt.as_unit("ms").astype("int64")).tolist(),
        origins=frame["origin"].tolist(),
    )


def spread(origins: Mapping[str, str], sources: Sequence[str]) -> dict[str, str]:
    """Say which region each airport's flights are produced to.

    :param origins: airport to region, from pillar; a region that the environment has not is replaced.
    :param sources: the environment's regions that flights can come from, in order.
    :return: airport to region, each one of ``sources``.
    :raises MeridianError: when there is no region to produce to.
    """
    if not sources:
        raise MeridianError(
            "verification: no flow carries the topic of flights; add it to flows.<flow>.topics"
        )
    return {
        airport: region if region in sources else sources[index % len(sources)]
        for index, (airport, region) in enumerate(sorted(origins.items()))
    }


def check_retention(admin: AdminClient, region: str, topic: str) -> None:
    """Refuse a topic that would throw the flights of 2013 away as soon as they are written.

    :raises MeridianError: when the topic's ``retention.ms`` is not -1.
    """
    resource = ConfigResource(ResourceType.TOPIC, topic)
    settings = admin.describe_configs([resource])[resource].result(timeout=20)
    kept = settings["retention.ms"].value
    if kept != "-1":
        raise MeridianError(
            f"verification: topic {topic} of {region} keeps records for {kept} ms and would drop"
            f" the flights of 2013; set topics.{topic}.config.retention.ms to -1"
        )


def publish(
    records: Messages,
    producers: Mapping[str, Producer],
    topic: str,
    run: str,
    report: Callable[[str], None],
    during: Callable[[], None] | None = None,
) -> None:
    """Produce all flights and wait until every one is acknowledged by all in-sync replicas.

    :param producers: airport to the producer of its region's cluster.
    :param run: identifies this run, in the header ``run``.
    :param report: told about each tenth.
    :param during: called once, from here, when half of the flights are on their way.
    :raises MeridianError: when a record was not acknowledged.
    """
    deliveries = Deliveries()
    done = deliveries.report
    headers: dict[str, Headers] = {
        airport: [("origin", airport.encode()), ("run", run.encode())] for airport in producers
    }
    step = max(1, len(records) // _STEPS)
    started = time.monotonic()
    rows = zip(records.keys, records.values, records.timestamps, records.origins, strict=True)
    for number, (key, value, timestamp, origin) in enumerate(rows):
        if number % step == 0 and number:
            report(f"flights: {number} of {len(records)} published")
            if during is not None and number >= len(records) // 2:
                during()
                during = None
        producer = producers[origin]
        while True:
            try:
                producer.produce(
                    topic, value, key, timestamp=timestamp, headers=headers[origin], on_delivery=done
                )
                break
            except BufferError:
                producer.poll(0.1)
    deliveries.finish(set(producers.values()))
    report(f"flights: {len(records)} of {len(records)} published in {time.monotonic() - started:.1f} s")


def mark_end(
    producers: Mapping[str, Producer], topic: str, run: str, partitions: Mapping[str, Sequence[int]]
) -> None:
    """Produce one record to the end of each partition that every filter of flights lets pass.

    A partition's records keep their order through a flow: once its mark has arrived, all before it that may
    arrive has arrived, and what has not never will.

    :param producers: region to the producer of its cluster.
    :param partitions: region to the numbers of its topic's partitions.
    :raises MeridianError: when a mark was not acknowledged.
    """
    deliveries = Deliveries()
    headers: Headers = [("canary", b"pass"), ("run", run.encode()), (MARKER, b"end")]
    for region, producer in producers.items():
        for partition in partitions[region]:
            producer.produce(
                topic,
                b'{"dep_delay":1000000}',
                b"end",
                partition=partition,
                headers=headers,
                on_delivery=deliveries.report,
            )
    deliveries.finish(set(producers.values()))
