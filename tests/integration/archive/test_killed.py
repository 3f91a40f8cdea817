"""Archivers that are killed in mid-segment, and that take each other for dead, against real servers."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from meridian.services.archive import reader, restoring, verify
from meridian.services.archive.columns import Headers
from meridian.services.archive.store import Store

from tests.integration.archive.servers import Servers
from tests.waiting import wait_until

PARTITIONS = 3
RECORDS = 24_000
SECONDS = 16
FIRST = 1_357_000_000_000

Row = tuple[int, int, int | None, bytes | None, bytes | None, Headers]
# What is easily lost on the way: null is not empty, a name may come twice.
SHAPES: list[tuple[bytes | None, bytes | None, Headers]] = [
    (b"key", b"value", [("origin", b"EWR"), ("origin", b"JFK")]),
    (None, b"value", []),
    (b"", b"", [("null", None), ("empty", b"")]),
    (b"tombstone", None, []),
    (b"\x00\xff", b"\x00" * 50, [("ü", b"\xfe")]),
]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder: Path = tmp_path_factory.mktemp("servers")
    running = Servers(folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def _produce(servers: Servers, topic: str) -> None:
    producer = Producer(servers.kafka.client() | {"enable.idempotence": True, "linger.ms": 20})
    begin = time.monotonic()
    for number in range(RECORDS):
        key, value, headers = SHAPES[number % len(SHAPES)]
        number_header = ("number", b"%d" % number)
        producer.produce(
            topic,
            value,
            key,
            partition=number % PARTITIONS,
            headers=[*headers, number_header],
            timestamp=FIRST + number,
        )
        if number % 100 == 0:
            producer.poll(max(0.0, begin + number * SECONDS / RECORDS - time.monotonic()))
    producer.flush()


def _kafka(servers: Servers, topic: str) -> list[Row]:
    settings = {"group.id": "reader", "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer(servers.kafka.client() | settings)
    rows: list[Row] = []
    for number in range(PARTITIONS):
        consumer.assign([TopicPartition(topic, number, 0)])
        for message in iter(lambda: consumer.poll(30), None):
            error = message.error()
            if error is not None:
                assert error.code() == KafkaError._PARTITION_EOF
                break
            headers: Headers = [(name, value) for name, value in message.headers() or []]  # type: ignore[misc]
            place = (number, message.offset() or 0, message.timestamp()[1])
            rows.append((*place, message.key(), message.value(), headers))
    consumer.close()
    return rows


def _archive(store: Store, topic: str) -> list[Row]:
    return [
        (one.partition, one.offset, one.timestamp, one.key, one.value, one.headers)
        for one in reader.records(store, "local", "us-east", topic)
    ]


def test_nothing_is_lost_or_doubled_by_two_archivers_that_are_killed_all_the_time(servers: Servers) -> None:
    topic = "flights"
    servers.create_topic(topic, PARTITIONS)
    # In groups of their own both believe that every partition is theirs: worse than any rebalance.
    chosen = [servers.settings(name, topic, f"group-{name}") for name in ("one", "two")]
    running = [servers.archiver(settings) for settings in chosen]
    producing = threading.Thread(target=_produce, args=(servers, topic))
    producing.start()
    dice = random.Random(3)
    kills = 0
    while producing.is_alive() or kills < 5:
        producing.join(dice.uniform(1.0, 4.0))
        which = dice.randrange(2)
        running[which].kill()
        running[which].wait()
        running[which] = servers.archiver(chosen[which])
        kills += 1

    store = Store(servers.store)
    for settings, process in zip(chosen, running, strict=True):
        wait_until(
            f"{settings.node} is done",
            lambda settings=settings: (  # type: ignore[misc]
                servers.status(settings).get("state") == "running"
                and len(servers.status(settings)["partitions"].get(topic, {})) == PARTITIONS
                and sum(one["stored"] for one in servers.status(settings)["partitions"][topic].values())
                >= RECORDS
            ),
        )
        process.terminate()
        assert process.wait(60) == 0

    found = verify.summary(list(verify.verify(store, "local", "us-east", topic)))
    assert (found["ok"], found["records"]) == (True, RECORDS)
    assert _archive(store, topic) == _kafka(servers, topic)


def test_what_is_restored_equals_the_original(servers: Servers) -> None:
    store = Store(servers.store)
    wanted = restoring.Wanted("local", "us-east", "flights", FIRST + 5_000, FIRST + 9_000)
    done = restoring.restore(store, wanted, servers.kafka, "flights-restored")
    assert done["records"] == 4_000
    original = [
        row[:1] + row[2:]
        for row in _kafka(servers, "flights")
        if row[2] is not None and FIRST + 5_000 <= row[2] < FIRST + 9_000
    ]
    assert [row[:1] + row[2:] for row in _kafka(servers, "flights-restored")] == original


def test_a_restore_adds_to_records_only_when_the_topic_is_named_again(servers: Servers) -> None:
    wanted = restoring.Wanted("local", "us-east", "flights", FIRST, FIRST + 10)
    store = Store(servers.store)
    with pytest.raises(restoring.MeridianError, match="flights-restored has records already"):
        restoring.restore(store, wanted, servers.kafka, "flights-restored")
    done = restoring.restore(store, wanted, servers.kafka, "flights-restored", append_to="flights-restored")
    assert done["records"] == 10


def test_one_whose_place_in_the_group_is_taken_ends_and_does_not_sit_idle(servers: Servers) -> None:
    """Its client is dead for good; whoever started it starts it again."""
    servers.create_topic("taken", PARTITIONS)
    settings = servers.settings("twin", "taken", "group-twin")
    first = servers.archiver(settings)
    wait_until("the first is at work", lambda: servers.status(settings).get("state") == "running")
    second = servers.archiver(settings)
    try:
        assert first.wait(90) == 1
        assert second.poll() is None
    finally:
        second.terminate()
        assert second.wait(60) == 0
