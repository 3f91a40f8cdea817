"""What is asked of quotas."""

from kafka_scheduler.api.answers import Answer, ApiError
from kafka_scheduler.api.context import Context
from kafka_scheduler.api.parameters import Parameters
from kafka_scheduler.kafka.quotas import RATES

_RATES = {"producerByteRate": RATES[0], "consumerByteRate": RATES[1]}


def listed(context: Context, asked: Parameters) -> Answer:
    """Answer with all quotas."""
    return Answer([one.plain() for one in context.quotas.listed()])


def assign(context: Context, asked: Parameters) -> Answer:
    """Set or take away quotas of one client or user."""
    kind = asked.text("entityType")
    if kind not in ("clients", "users"):
        raise ApiError("parameter entityType: clients or users is expected")
    given = asked.given(*_RATES)
    if not given:
        raise ApiError("nothing to set: give producerByteRate or consumerByteRate")
    rates = {_RATES[name]: asked.whole(name, 1) for name in given}
    found = context.quotas.assign(kind, asked.text("entity"), rates)
    return Answer([one.plain() for one in found])
