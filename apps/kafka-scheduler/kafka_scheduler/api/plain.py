"""Views as plain data, under the names that the earlier framework's API used, and some more. Pure."""

from typing import Any

from kafka_scheduler.kafka import values
from kafka_scheduler.kafka.views import BrokerView, Outcome, PlanView, TaskView

# Options that the earlier API shows in groups.
_GROUPED = ("stickinessPeriod", "failoverDelay", "failoverMaxDelay", "failoverMaxTries")


def broker(view: BrokerView) -> dict[str, Any]:
    """Return a broker; times of the day in milliseconds since 1970, what is not set left out."""
    spec = view.spec
    options = {name: value for name, value in spec.to_json().items() if name not in _GROUPED}
    stickiness = {
        "period": values.format_duration(spec.stickiness_period),
        "hostname": view.host,
        "until": _milliseconds(view.sticky_until),
    }
    failover = {
        "delay": values.format_duration(spec.failover_delay),
        "maxDelay": values.format_duration(spec.failover_max_delay),
        "maxTries": spec.failover_max_tries,
        "failures": view.failures,
        "retryAt": _milliseconds(view.retry_at),
    }
    volumes = [
        {
            "id": one.id,
            "hostname": one.hostname,
            "agentId": one.agent_id,
            "mb": one.size_mb,
            "path": one.path,
            "lost": one.lost,
        }
        for one in view.volumes
    ]
    return {
        "id": str(view.id),
        "active": view.active,
        "state": view.state,
        "needsRestart": view.modified,
        **options,
        "stickiness": _set(stickiness),
        "failover": _set(failover),
        **_set({"task": task(view.task) if view.task else None, "volumes": [_set(one) for one in volumes]}),
        "reasons": list(view.reasons),
    }


def task(view: TaskView) -> dict[str, Any]:
    """Return a broker's task."""
    port = view.ports.get("internal")
    return _set(
        {
            "id": view.id,
            "slaveId": view.agent_id,
            "hostname": view.hostname,
            "state": view.state,
            "endpoint": f"{view.hostname}:{port}" if port else None,
            "ports": dict(view.ports),
            "attributes": dict(view.attributes),
            "started": _milliseconds(view.started),
        }
    )


def brokers(views: tuple[BrokerView, ...]) -> dict[str, Any]:
    """Return several brokers."""
    return {"brokers": [broker(one) for one in views]}


def outcome(view: Outcome) -> dict[str, Any]:
    """Return what came of a start, stop or restart."""
    return {
        "status": view.status,
        **brokers(view.brokers),
        **_set({"message": view.message, "plan": view.plan}),
    }


def plan(view: PlanView) -> dict[str, Any]:
    """Return a plan."""
    return {
        "id": view.id,
        "kind": view.kind,
        "status": view.status,
        "phases": [
            {
                "name": phase.name,
                "status": phase.status,
                "steps": [
                    {"broker": str(step.broker), "action": step.action, "status": step.status}
                    | _set({"message": step.message})
                    for step in phase.steps
                ],
            }
            for phase in view.phases
        ],
    }


def _set(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def _milliseconds(seconds: float) -> int | None:
    return int(seconds * 1000) or None
