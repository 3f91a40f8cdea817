"""Views of nodes and of their cluster as plain data. Pure."""

from typing import Any

from kafka_scheduler.api import common
from kafka_scheduler.api.common import given, milliseconds
from kafka_scheduler.elasticsearch.nodes import HTTP
from kafka_scheduler.elasticsearch.views import ClusterHealth, NodeView, Outcome
from kafka_scheduler.kafka import values

#: Options that are shown in groups, as those of brokers are.
GROUPED = ("stickinessPeriod", "failoverDelay", "failoverMaxDelay", "failoverMaxTries")


def node(view: NodeView) -> dict[str, Any]:
    """Return a node; times of the day in milliseconds since 1970, what is not set left out."""
    spec = view.spec
    stickiness = {
        "period": values.format_duration(spec.stickiness_period),
        "hostname": view.host,
        "until": milliseconds(view.sticky_until),
    }
    failover = {
        "delay": values.format_duration(spec.failover_delay),
        "maxDelay": values.format_duration(spec.failover_max_delay),
        "maxTries": spec.failover_max_tries,
        "failures": view.failures,
        "retryAt": milliseconds(view.retry_at),
    }
    return {
        "id": str(view.id),
        "active": view.active,
        "state": view.state,
        "needsRestart": view.modified,
        **{name: value for name, value in spec.to_json().items() if name not in GROUPED},
        "stickiness": given(stickiness),
        "failover": given(failover),
        **given(
            {
                "task": common.task(view.task, HTTP) if view.task else None,
                "volumes": common.volumes(view.volumes),
            }
        ),
        "reasons": list(view.reasons),
    }


def nodes(views: tuple[NodeView, ...]) -> dict[str, Any]:
    """Return several nodes."""
    return {"nodes": [node(one) for one in views]}


def outcome(view: Outcome) -> dict[str, Any]:
    """Return what came of a start, stop or restart."""
    return {
        "status": view.status,
        **nodes(view.nodes),
        **given({"message": view.message, "plan": view.plan}),
    }


def cluster(seen: ClusterHealth) -> dict[str, Any]:
    """Return what the cluster said of itself."""
    return {
        "status": seen.status or "unknown",
        "nodes": seen.nodes,
        "unassigned": seen.unassigned,
        **given({"master": seen.master, "problem": seen.problem, "at": milliseconds(seen.taken_at)}),
    }
