"""The OpenAPI description of the scheduler of Elasticsearch. Pure."""

from typing import Any

from kafka_scheduler.api import describing
from kafka_scheduler.api.describing import COMMON, TEXT, WHOLE, array, instance, record, reference
from kafka_scheduler.elasticsearch.options import OPTIONS
from kafka_scheduler.elasticsearch.plain import GROUPED
from kafka_scheduler.elasticsearch.routes import ROUTES

SCHEMAS: dict[str, dict[str, Any]] = COMMON | {
    "Node": instance(OPTIONS, GROUPED),
    "Nodes": record("nodes", nodes=array(reference("Node"))),
    "Outcome": record(
        "status nodes",
        status={**TEXT, "enum": ["started", "stopped", "restarted", "scheduled", "timeout"]},
        nodes=array(reference("Node")),
        message=TEXT,
        plan=TEXT,
    ),
    "Removed": record("ids status", ids=array(TEXT), status=TEXT),
    "Cluster": record(
        "status nodes unassigned",
        status={**TEXT, "enum": ["green", "yellow", "red", "unknown"]},
        nodes={**WHOLE, "description": "how many have joined"},
        unassigned={**WHOLE, "description": "shards that are nowhere yet"},
        master={**TEXT, "description": "the elected one"},
        problem={**TEXT, "description": "why nobody answered"},
        at={**WHOLE, "description": "milliseconds since 1970"},
    ),
    "Step": record("node action status", node=TEXT, action=TEXT, status=TEXT, message=TEXT),
}


def document() -> dict[str, Any]:
    """Return the description of all routes."""
    return describing.document(
        "Scheduler of Elasticsearch", "Runs nodes of Elasticsearch as tasks of Apache Mesos.", ROUTES, SCHEMAS
    )
