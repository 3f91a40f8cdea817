"""The sink between real brokers and real nodes, while it and a node are killed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import NewTopic
from meridian.common import paths
from meridian.services.elasticsearch import repositories
from meridian.services.elasticsearch.client import ElasticError

from tests.integration.elasticsearch.conftest import Elastic
from tests.integration.kafka.conftest import Lab
from tests.waiting import wait_until

PARTITIONS = 3
RECORDS = 4_500
TOPIC = "us-east.Flights"
INDEX = "kafka-us-east.flights"


class Sink:
    """The sink's process.

    :ivar status_file: what it says about itself.
    """

    def __init__(self, folder: Path, lab: Lab, elastic: Elastic, **changes: Any) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.status_file = folder / "status.json"
        access = elastic.access("sink", changes.pop("password", ""))
        settings = {
            "node": "sink-1",
            "kafka": {
                "bootstrap": lab.bootstrap,
                "ca": str(lab.tls.ca),
                "certificate": str(lab.tls.certificate),
                "key": str(lab.tls.key),
            },
            "elasticsearch": {"urls": access.urls, "ca": access.ca, "auth": access.auth},
            "topics": [r"us-east\..*"],
            "malformed": "dlq",
            "batch_records": 100,
            "discover_seconds": 1.0,
            "metrics": "",
            "status_file": str(self.status_file),
        }
        self.config = folder / "sink.json"
        self.config.write_text(json.dumps(settings | changes))

    def command(self, name: str) -> list[str]:
        """Return the command line of one of its commands."""
        return [sys.executable, "-m", "elasticsearch_sink", "--config", str(self.config), name]

    def do(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of its commands to its end."""
        return subprocess.run(
            [*self.command(command[0]), *command[1:]],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment that it runs in."""
        places = [paths.repository() / "apps" / "elasticsearch-sink", paths.repository() / "modules"]
        return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places))}

    @property
    def log(self) -> str:
        """What it said."""
        file = self._folder / "sink.log"
        return file.read_text() if file.exists() else ""

    def start(self) -> None:
        """Start it."""
        with (self._folder / "sink.log").open("ab") as out:
            self._process = subprocess.Popen(
                self.command("run"), env=self.environment, stdout=out, stderr=out
            )

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def terminate(self) -> int:
        """Ask it to end; return how it did."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(60)

    def status(self) -> dict[str, Any]:
        """Return what it says about itself; nothing before it did."""
        try:
            return dict(json.loads(self.status_file.read_text()))
        except FileNotFoundError:
            return {}

    def wait_until(self, what: str, true: Callable[[], bool]) -> None:
        """Wait until something is so; fail with the sink's own words when it does not come."""
        wait_until(what, true, 90, lambda: self.log[-3000:], 0.5)


@pytest.fixture
def sink(tmp_path: Path, lab: Lab, elastic: Elastic) -> Iterator[Sink]:
    made = Sink(tmp_path, lab, elastic)
    yield made
    made.kill()


def record(number: int) -> tuple[bytes | None, str]:
    """Return a value, and why it becomes a dead letter; with no reason it becomes a document."""
    if number % 100 == 17:
        return b"{broken", "not JSON"
    if number % 100 == 42:
        return b"[1, 2]", "no object"
    if number % 100 == 77:
        return b'{"delay": {"minutes": 5}}', "document_parsing_exception"
    if number % 100 == 90:
        return None, ""
    return b'{"delay": %d, "carrier": "U\xc3\x84", "fare": 1.10}' % number, ""


def produce(lab: Lab, first: int, last: int) -> None:
    producer = Producer(
        {"bootstrap.servers": lab.bootstrap, "enable.idempotence": True, **lab.tls.librdkafka()}
    )
    for number in range(first, last):
        value, _ = record(number)
        producer.produce(
            TOPIC,
            value,
            b"%d" % number,
            partition=number % PARTITIONS,
            headers=[("origin", b"EWR")],
            timestamp=number,
        )
        producer.poll(0)
    assert producer.flush(60) == 0


def dead_letters(lab: Lab) -> list[dict[str, bytes]]:
    """Return the headers of all committed dead letters."""
    settings = {"group.id": "reader", "isolation.level": "read_committed", "enable.partition.eof": True}
    consumer = Consumer({"bootstrap.servers": lab.bootstrap, **settings, **lab.tls.librdkafka()})
    consumer.assign([TopicPartition(f"{TOPIC}.dlq", 0, 0)])
    found = []
    while (message := consumer.poll(30)) is not None and message.error() is None:
        found.append({name: value or b"" for name, value in message.headers() or []})  # type: ignore[misc]
    consumer.close()
    return found  # type: ignore[return-value]


def test_each_record_is_one_document_or_one_dead_letter_whoever_is_killed(
    lab: Lab, elastic: Elastic, sink: Sink
) -> None:
    topic = NewTopic(TOPIC, PARTITIONS, 3, config={"retention.ms": "-1"})
    lab.admin.create_topics([topic])[TOPIC].result(30)
    wanted = {number: record(number) for number in range(RECORDS)}
    documents = sum(not why for _, why in wanted.values())

    sink.start()
    produce(lab, 0, RECORDS // 3)
    for share in (0.05, 0.15):
        sink.wait_until("it indexes", lambda share=share: elastic.client.count(INDEX) > documents * share)  # type: ignore[misc]
        sink.kill()
        sink.start()
    produce(lab, RECORDS // 3, 2 * RECORDS // 3)
    master = next(name for name, facts in elastic.client.nodes().items() if facts["master"])
    elastic.nodes[master].stop(9)
    produce(lab, 2 * RECORDS // 3, RECORDS)
    sink.wait_until("the other two go on", lambda: _count(elastic) == documents)
    elastic.nodes[master].start()
    sink.wait_until(
        "it has read all",
        lambda: sink.status()["lag_records"] == 0 and sink.status()["state"] == "running",
    )
    assert sink.terminate() == 0

    elastic.wait()
    found = elastic.client.call("GET", f"/{INDEX}/_search?size=10000&sort=_doc")["hits"]["hits"]
    places = {number: (number % PARTITIONS, number // PARTITIONS) for number in wanted}
    ids = {
        f"{TOPIC}-{places[number][0]}-{places[number][1]}" for number, (_, why) in wanted.items() if not why
    }
    assert len(found) == documents
    assert {one["_id"] for one in found} == ids

    letters = dead_letters(lab)
    reasons = {
        (int(one["dlq.partition"]), int(one["dlq.offset"])): one["dlq.error"].decode() for one in letters
    }
    assert len(letters) == len(reasons) == RECORDS - documents
    for number, (_, why) in wanted.items():
        if why:
            assert why in reasons[places[number]]
    assert {one["dlq.topic"] for one in letters} == {TOPIC.encode()}
    assert {one["origin"] for one in letters} == {b"EWR"}


def test_a_document_is_what_was_sent_with_its_place_beside_it(elastic: Elastic) -> None:
    found = elastic.client.call("GET", f"/{INDEX}/_doc/{TOPIC}-2-1")["_source"]
    assert found == {
        "@kafka": {
            "topic": TOPIC,
            "partition": 2,
            "offset": 1,
            "timestamp": 5,
            "key": "5",
            "headers": [{"name": "origin", "value": "EWR"}],
        },
        "@timestamp": 5,
        "delay": 5,
        "carrier": "UÄ",
        "fare": 1.1,
    }


def test_a_wrong_password_is_told_in_one_line(lab: Lab, elastic: Elastic, tmp_path: Path) -> None:
    sink = Sink(tmp_path, lab, elastic, password="guessed")
    done = sink.do("check")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Elasticsearch refuses user sink (401)" in done.stderr


def test_an_index_is_built_anew_from_what_kafka_has(elastic: Elastic, sink: Sink) -> None:
    before = elastic.client.count(INDEX)
    done = sink.do("rewind", TOPIC, "--confirm", "flights")
    assert (done.returncode, "is not rewound: --confirm must be its name" in done.stderr) == (1, True)
    repositories.remove_index(elastic.client, INDEX, INDEX)
    # A sink that has ended keeps its place in the group for some seconds.
    rewound = ("rewind", TOPIC, "--confirm", TOPIC)
    sink.wait_until("nobody is in the group", lambda: sink.do(*rewound).returncode == 0)
    sink.start()
    sink.wait_until("all is there again", lambda: _count(elastic) == before)
    assert sink.terminate() == 0


def _count(elastic: Elastic) -> int:
    """Return the number of documents; -1 while no node answers."""
    try:
        return elastic.client.count(INDEX)
    except ElasticError:
        return -1
