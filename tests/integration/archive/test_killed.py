"""Archivers that are killed in mid-segment, and that take each other for dead, against real servers."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from meridian.services.archive import reader, restore_target, restoring, verify
from meridian.services.archive.columns import Headers
from meridian.services.archive.store import Store
from meridian.services.kafka import header_names

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
            headers: Headers = [(name, value) for name, value in header_names.headers(message) or []]  # type: ignore[misc]
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


def test_odd_records_come_back_into_a_topic_made_as_the_original_was(servers: Servers) -> None:
    config = {"max.message.bytes": "6000000", "message.timestamp.after.max.ms": str(2**63 - 1)}
    servers.create_topic("odd", 6, config)
    odd_name = header_names.from_bytes(b"\xff\xfe")
    producer = Producer(servers.kafka.client() | {"message.max.bytes": 8_000_000})
    with header_names.lenient():
        producer.produce("odd", b"x", b"name", partition=0, headers=[(odd_name, b"1")], timestamp=FIRST)
    producer.produce("odd", random.Random(1).randbytes(5_000_000), b"large", partition=0, timestamp=FIRST)
    producer.produce("odd", b"x", b"2100", partition=1, timestamp=4_102_444_800_000)
    producer.produce("odd", b"x", b"1969", partition=1, timestamp=-86_400_000)
    producer.produce("odd", b"x", b"none", partition=1, timestamp=-1)
    assert producer.flush(30) == 0
    settings = servers.settings("odd", "odd", "group-odd")
    archiver = servers.archiver(settings)
    store = Store(servers.store)
    wait_until("the bucket is there", store.bucket_exists)
    wait_until(
        "all is archived",
        lambda: sum(one.records for one in verify.verify(store, "local", "us-east", "odd")) == 5,
    )
    archiver.terminate()
    assert archiver.wait(60) == 0

    admin = AdminClient(servers.kafka.client())
    wanted = restoring.Wanted("local", "us-east", "odd")
    original = restore_target.original(admin, "odd")
    done = restoring.restore(store, wanted, servers.kafka, "odd-back", original=original)
    assert (done["records"], done["created"], done["altered"]) == (5, True, "")
    assert _kafka(servers, "odd-back") == _kafka(servers, "odd")
    assert restore_target.original(admin, "odd-back") == restore_target.Original(
        6, config | {"retention.ms": "-1", "min.insync.replicas": "1"}
    )

    servers.create_topic("odd-small", 6, {"message.timestamp.after.max.ms": str(2**63 - 1)})
    with pytest.raises(restoring.MeridianError, match=r"odd, partition 0, offset 1 \(5000005 bytes.*delete"):
        restoring.restore(store, wanted, servers.kafka, "odd-small")
    servers.create_topic("odd-now", 6, {"max.message.bytes": "6000000"})
    with pytest.raises(restoring.MeridianError, match=r"set its message.timestamp.after.max.ms to"):
        restoring.restore(store, wanted, servers.kafka, "odd-now")
