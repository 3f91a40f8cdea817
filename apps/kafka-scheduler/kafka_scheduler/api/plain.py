"""Views as plain data, under the names that the earlier framework's API used, and some more. Pure."""

from typing import Any

from kafka_scheduler.api import common
from kafka_scheduler.api.common import given, milliseconds
from kafka_scheduler.kafka import values
from kafka_scheduler.kafka.views import BrokerView, Outcome

# Options that the earlier API shows in groups.
_GROUPED = ("stickinessPeriod", "failoverDelay", "failoverMaxDelay", "failoverMaxTries")


def broker(view: BrokerView) -> dict[str, Any]:
    """Return a broker; times of the day in milliseconds since 1970, what is not set left out."""
    spec = view.spec
    options = {name: value for name, value in spec.to_json().items() if name not in _GROUPED}
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
        **options,
        "stickiness": given(stickiness),
        "failover": given(failover),
        **given(
            {
                "task": common.task(view.task, "internal") if view.task else None,
                "volumes": common.volumes(view.volumes),
            }
        ),
        "reasons": list(view.reasons),
    }


def brokers(views: tuple[BrokerView, ...]) -> dict[str, Any]:
    """Return several brokers."""
    return {"brokers": [broker(one) for one in views]}


def outcome(view: Outcome) -> dict[str, Any]:
    """Return what came of a start, stop or restart."""
    return {
        "status": view.status,
        **brokers(view.brokers),
        **given({"message": view.message, "plan": view.plan}),
    }
