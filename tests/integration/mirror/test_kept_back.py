"""Records that do not reach a flow are told, with number and place; the target keeps what is its own."""

from dataclasses import replace
from typing import Any

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from meridian.services.kafka import topics, transactions
from meridian.services.kafka.java import TRANSACTIONS, JavaTool
from meridian.services.mirror import kept_back, status
from meridian.services.mirror import plan as mirror
from meridian.services.mirror.flow import FlowSpec

from tests.integration.mirror.test_flows import Platform, bent, platform, salt_options, shipped
from tests.waiting import wait_until

__all__ = ["bent", "platform", "salt_options", "shipped"]

_SECONDS = 60.0
_RETENTION = "2592000000"


def test_what_is_kept_from_a_flow_or_taken_from_it_is_told(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("kept", "kept.replica"):
        make(platform, name)
    (flow,) = platform.flows("{central: null, kept: {target: central, topics: ['kept.*']}}")
    quick = {"sync.topic.configs.interval.seconds": 1}
    flow = replace(flow, settings={**flow.settings, "config": quick, "target_settings": ["retention.ms"]})
    platform.deploy([flow])
    platform.publish("kept", 100)
    platform.publish("kept.replica", 7)
    wait_until("100 have arrived", lambda: len(platform.arrived("us-east.kept")) == 100, _SECONDS)
    wait_until("all is read", lambda: told(platform, flow)["lag_records"] == 0, _SECONDS)

    # What pillar sets on the copy is kept, what it does not say comes from the source.
    alter(platform, "us-east.kept", "retention.ms", _RETENTION)
    alter(platform, "kept", "retention.ms", "700000")
    alter(platform, "kept", "max.message.bytes", "777777")
    wait_until(
        "settings are synchronised", lambda: setting(platform, "max.message.bytes") == "777777", _SECONDS
    )
    assert setting(platform, "retention.ms") == _RETENTION

    monkeypatch.setattr(kept_back, "OPEN_SECONDS", 0.0)
    producer = transactional(platform)
    producer.begin_transaction()
    producer.produce("kept", b"open", b"open")
    assert producer.flush(30) == 0
    platform.publish("kept", 20)
    found = told(platform, flow)
    assert (found["lag_records"], found["held_records"]) == (0, 21)
    (problem, never) = found["problems"]
    assert problem.startswith("kept/0 of us-east: a transaction that is open since ")
    assert never.startswith("topic kept.replica of us-east is never mirrored: ")
    tool = JavaTool(platform.lab.bootstrap, platform.lab.tls, platform.lab.arguments, TRANSACTIONS)
    (held,) = transactions.open_transactions(tool, "kept", 0)
    assert f"kept/0 {held['start_offset']}".split()[1] in problem
    assert transactions.abort(tool, "kept", 0, held["start_offset"], "kept/0")
    wait_until("they have arrived", lambda: len(platform.arrived("us-east.kept")) == 120, _SECONDS)
    assert told(platform, flow)["held_records"] == 0

    mirror.set_paused(platform.worker.client, flow.name, True)
    wait_until("it is paused", lambda: set(platform.states().values()) == {"PAUSED"}, _SECONDS)
    platform.publish("kept", 100)
    end = platform.lab.admin.delete_records([TopicPartition("kept", 0, -1)])
    for future in end.values():
        future.result()
    wait_until("the loss is told", lambda: told(platform, flow)["removed_records"] >= 100, _SECONDS)
    assert any(
        "were removed (retention, delete_records)" in line for line in told(platform, flow)["problems"]
    )


def told(platform: Platform, flow: FlowSpec) -> dict[str, Any]:
    """Return the flow's status."""
    return status.of_flows(platform.worker.client, [flow], platform.lab.tls, {})[flow.name]


def make(platform: Platform, name: str) -> None:
    """Make a topic of one partition."""
    admin = platform.lab.admin
    topics.apply(admin, topics.plan_now(admin, topics.wanted(name, 1)), lambda *_: None)


def alter(platform: Platform, topic: str, key: str, value: str) -> None:
    """Set a topic's setting."""
    entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    for future in platform.lab.admin.incremental_alter_configs([resource]).values():
        future.result()


def setting(platform: Platform, key: str) -> str:
    """Return a setting of the copy."""
    found = topics.read(platform.lab.admin, "us-east.kept")
    return found.config.get(key, "") if found else ""


def transactional(platform: Platform) -> Producer:
    """Return a producer of transactions."""
    producer = Producer(
        {
            "bootstrap.servers": platform.lab.bootstrap,
            "transactional.id": "kept",
            "transaction.timeout.ms": 240000,
            **platform.lab.tls.librdkafka(),
        }
    )
    producer.init_transactions(60)
    return producer
