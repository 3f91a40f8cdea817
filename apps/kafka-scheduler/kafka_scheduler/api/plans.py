"""What is asked of plans."""

from kafka_scheduler.api import common
from kafka_scheduler.api.answers import Answer, ApiError
from kafka_scheduler.api.context import Context
from kafka_scheduler.api.parameters import Parameters


def listed(context: Context, asked: Parameters) -> Answer:
    """Answer with all plans that are known, the newest first."""
    return Answer({"plans": [common.plan(one, "broker") for one in context.service.plans()]})


def pause(context: Context, asked: Parameters) -> Answer:
    """Begin no other step until told to."""
    return Answer(common.plan(context.service.pause_plan(_known(context, asked)), "broker"))


def proceed(context: Context, asked: Parameters) -> Answer:
    """Go on."""
    return Answer(common.plan(context.service.continue_plan(_known(context, asked)), "broker"))


def force(context: Context, asked: Parameters) -> Answer:
    """Begin a step now."""
    (broker,) = context.brokers(str(asked.whole("broker")))
    return Answer(common.plan(context.service.force_step(_known(context, asked), str(broker)), "broker"))


def cancel(context: Context, asked: Parameters) -> Answer:
    """Begin no other step, for good."""
    return Answer(common.plan(context.service.cancel_plan(_known(context, asked)), "broker"))


def _known(context: Context, asked: Parameters) -> str:
    plan = asked.text("plan")
    if plan not in {one.id for one in context.service.plans()}:
        raise ApiError(f"plan {plan}: there is none of that id", 404)
    return plan
