"""Records as brokers take them, of every kind: each arrives, or is told with its place; none stops a flow."""

import os
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, Producer
from meridian.services.kafka import topics
from meridian.services.mirror import unmanaged
from meridian.services.mirror.flow import FlowSpec
from meridian.topology import Layers, expand
from meridian.verification import reading

from tests.integration.mirror.test_flows import Platform, bent, platform, salt_options, shipped
from tests.waiting import wait_until

__all__ = ["bent", "platform", "salt_options", "shipped"]

_SECONDS = 120.0
_FILTER = "{any: [{field: v, greater: 15}, {field: s, matches: '(x|y)*z'}, {header: pass, exists: true}]}"
_RULE = f"{{condition: {_FILTER}, on_malformed: pass}}"
_FLOWS = f"{{odd: {{target: central, topics: [records, big], filter: {_RULE}}}}}"
_TOPICS = "{records: {partitions: 1}, big: {partitions: 1, config: {max.message.bytes: 10485760}}}"
_PASS = {"headers": {"pass": b"1"}}
#: Key, and how it is published; all of them arrive as they are.
_ARRIVE: dict[bytes, dict[str, Any]] = {
    b"exponent": {"value": b'{"v":1e99999999999}'},
    b"expression": {"value": b'{"s":"' + b"xy" * 20000 + b'z"}'},
    b"digits": {"value": b'{"v":' + b"9" * 1001 + b"}"},
    b"deep": {"value": b'{"v":16,"w":' + b"[" * 5000 + b"]" * 5000 + b"}"},
    b"compresses": {"value": b'{"v":16,"pad":"' + b"a" * 3_000_000 + b'"}', "compression": "zstd"},
    b"random": {"value": os.urandom(1_000_000), "compression": "none", **_PASS},
    b"epoch": {"value": b"0", "timestamp": 1, **_PASS},
    b"last": {"value": b'{"v":16}'},
}
_DEAD = {b"before": -86_400_000, b"minus-two": -2}


def test_no_record_stops_a_flow(platform: Platform, bent: Callable[..., Layers]) -> None:
    made = expand(bent(f"overrides: {{us-east: {{topics: {_TOPICS}, flows: {_FLOWS}}}}}"), "local")
    admin = platform.lab.admin
    for name in ("records", "big"):
        config = made.region("us-east").settings["topics"][name]["config"]
        topics.apply(admin, topics.plan_now(admin, topics.wanted(name, 1, config=config)), _nobody)
    _publish(platform, "records", _ARRIVE)
    _publish(
        platform, "records", {key: {"value": key, "timestamp": at, **_PASS} for key, at in _DEAD.items()}
    )
    _publish(platform, "big", {b"five-mb": {"value": os.urandom(5_000_000), "compression": "none", **_PASS}})
    _publish(platform, "records", {b"mark": {"value": b'{"v":16}'}})
    ends = (platform.lab.bootstrap, platform.lab.bootstrap)
    flows = [
        FlowSpec(flow.name, flow.source, flow.target, *ends, flow.settings)
        for flow in made.flows
        if flow.name.endswith("odd")
    ]
    platform.deploy(flows)
    wanted_keys = {*_ARRIVE, b"mark"}
    wait_until("all have arrived", lambda: wanted_keys <= set(_values(platform, "us-east.records")), _SECONDS)
    arrived = _values(platform, "us-east.records")
    assert arrived.keys() == wanted_keys
    assert [key for key, sent in _ARRIVE.items() if arrived[key] != sent["value"]] == []
    wait_until("5 MB have arrived", lambda: b"five-mb" in _values(platform, "us-east.big"), _SECONDS)
    wait_until(
        "the dead are told", lambda: len(_records(platform, "us-east.records.dlq")) == len(_DEAD), _SECONDS
    )
    for message in _records(platform, "us-east.records.dlq"):
        told = {name: value.decode() for name, value in message.headers() if name.startswith("meridian.")}
        assert told["meridian.topic"] == "records"
        assert told["meridian.timestamp"] == str(_DEAD[message.key()])
        assert told["meridian.offset"].isdigit()
        assert "before 1970" in told["meridian.reason"]
    unmanaged.settle(platform.worker.client, [flow.name for flow in flows], "pause")


def _publish(platform: Platform, topic: str, records: dict[bytes, dict[str, Any]]) -> None:
    """Publish records, each alone in its batch."""
    for key, record in records.items():
        record = dict(record)
        settings = {
            "bootstrap.servers": platform.lab.bootstrap,
            "message.max.bytes": 20_000_000,
            "compression.type": record.pop("compression", "none"),
            **platform.lab.tls.librdkafka(),
        }
        producer = Producer(settings)
        producer.produce(topic, key=key, on_delivery=_taken, **record)
        assert producer.flush(60) == 0


def _taken(error: Any, message: Any) -> None:
    assert error is None, f"{message.key()}: {error}"


def _records(platform: Platform, topic: str) -> list[Any]:
    consumer = Consumer(
        {
            "bootstrap.servers": platform.lab.bootstrap,
            "group.id": "test",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            **platform.lab.tls.librdkafka(),
        }
    )
    try:
        return list(reading.whole(consumer, topic))
    finally:
        consumer.close()


def _values(platform: Platform, topic: str) -> dict[bytes, bytes]:
    return {message.key(): message.value() for message in _records(platform, topic)}


def _nobody(*_: Any) -> None:
    raise AssertionError("no partition has to be moved")
