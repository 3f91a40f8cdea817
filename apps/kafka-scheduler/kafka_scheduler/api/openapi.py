"""The OpenAPI description of the Kafka scheduler. Pure."""

from typing import Any

from kafka_scheduler.api import describing
from kafka_scheduler.api.describing import (
    COMMON,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    array,
    instance,
    mapping,
    record,
    reference,
)
from kafka_scheduler.api.routes import ROUTES
from kafka_scheduler.kafka.options import OPTIONS


def document() -> dict[str, Any]:
    """Return the description of all routes."""
    return describing.document(
        "Kafka scheduler", "Runs Kafka brokers as tasks of Apache Mesos.", ROUTES, SCHEMAS
    )


_GROUPED = ("stickinessPeriod", "failoverDelay", "failoverMaxDelay", "failoverMaxTries")

SCHEMAS: dict[str, dict[str, Any]] = COMMON | {
    "Broker": instance(OPTIONS, _GROUPED),
    "Brokers": record("brokers", brokers=array(reference("Broker"))),
    "Outcome": record(
        "status brokers",
        status={**TEXT, "enum": ["started", "stopped", "restarted", "scheduled", "timeout"]},
        brokers=array(reference("Broker")),
        message=TEXT,
        plan=TEXT,
    ),
    "Metrics": mapping(mapping(NUMBER)),
    "Topics": record("topics", topics=array(reference("Topic"))),
    "Topic": record(
        "name partitions options", name=TEXT, partitions=mapping(array(WHOLE)), options=mapping(TEXT)
    ),
    "Deleted": record("topic status", topic=TEXT, status=TEXT),
    "Partitions": mapping(array(reference("Partition"))),
    "Partition": record(
        "id leader expectedLeader replicas isr",
        id=WHOLE,
        leader={**WHOLE, "description": "-1: none"},
        expectedLeader=WHOLE,
        replicas=array(WHOLE),
        isr=array(WHOLE),
    ),
    "Move": record(
        "status state moves",
        status={
            **TEXT,
            "description": "idle, planned, started, running, completed, failed, cancelled, timeout",
        },
        state=TEXT,
        kind=TEXT,
        error=TEXT,
        moves=array(reference("PartitionMove")),
    ),
    "PartitionMove": record(
        "topic partition from to left",
        **{"topic": TEXT, "partition": WHOLE, "from": array(WHOLE), "to": array(WHOLE), "left": FLAG},
    ),
    "Removed": {
        "type": "object",
        "required": ["ids", "status"],
        "properties": {
            "ids": array(TEXT),
            "status": TEXT,
            "state": TEXT,
            "kind": TEXT,
            "error": TEXT,
            "moves": array(reference("PartitionMove")),
        },
        "additionalProperties": False,
    },
    "Quotas": array(reference("Quota")),
    "Quota": {
        "type": "object",
        "required": ["entityType", "entity"],
        "properties": {
            "entityType": TEXT,
            "entity": TEXT,
            "producerByteRate": WHOLE,
            "consumerByteRate": WHOLE,
        },
        "additionalProperties": NUMBER,
    },
    "Step": record("broker action status", broker=TEXT, action=TEXT, status=TEXT, message=TEXT),
}
