"""What is asked of topics, and of moves of their replicas."""

from meridian.common.errors import MeridianError

from kafka_scheduler.api.answers import Answer, ApiError
from kafka_scheduler.api.context import Context
from kafka_scheduler.api.parameters import Parameters
from kafka_scheduler.kafka import values
from kafka_scheduler.kafka.partitions_planning import Order
from kafka_scheduler.kafka.topics import NewTopics

_STATUS = ("", "status")


def listed(context: Context, asked: Parameters) -> Answer:
    """Answer with topics."""
    found = context.topics.describe(named(context, asked))
    return Answer({"topics": [one.plain() for one in found]})


def add(context: Context, asked: Parameters) -> Answer:
    """Add topics."""
    names = [part.strip() for part in asked.text("topic").split(",")]
    if not all(names) or any("*" in one for one in names):
        raise ApiError("parameter topic: a name, or names with commas, are expected")
    brokers = context.brokers(asked.text("broker")) if asked.text("broker") else []
    wanted = NewTopics(
        tuple(names),
        asked.whole("partitions", 1) or 1,
        asked.whole("replicas", 1),
        _settings(asked),
        _order(context, asked, brokers) if brokers or _placed(asked) else None,
    )
    return Answer({"topics": [one.plain() for one in context.topics.add(wanted)]})


def update(context: Context, asked: Parameters) -> Answer:
    """Change settings of topics."""
    changed = {key: value or None for key, value in _settings(asked).items()}
    found = context.topics.update(named(context, asked), changed)
    return Answer({"topics": [one.plain() for one in found]})


def delete(context: Context, asked: Parameters) -> Answer:
    """Delete a topic that is named twice."""
    name, confirm = asked.text("topic"), asked.text("confirm")
    if confirm != name:
        raise ApiError(f"topic {name} was not deleted: that needs its name twice, confirm={name}")
    if name not in context.topics.names():
        raise ApiError(f"topic {name}: there is none of that name", 404)
    context.topics.delete(name, confirm)
    return Answer({"topic": name, "status": "deleted"})


def rebalance(context: Context, asked: Parameters) -> Answer:
    """Place partitions anew, or say how far that is."""
    return _move(context, asked, keep=asked.flag("realign"))


def realign(context: Context, asked: Parameters) -> Answer:
    """Place partitions with as few moves as that takes, or say how far that is."""
    return _move(context, asked, keep=True)


def cancel(context: Context, asked: Parameters) -> Answer:
    """Cancel moves under way."""
    return Answer(context.moves.cancel().plain())


def named(context: Context, asked: Parameters) -> list[str]:
    """Return the topics that a request names.

    :raises ApiError: it is no expression, or one of them is not there.
    """
    return context.topic_names(asked.text("topic"))


def _move(context: Context, asked: Parameters, keep: bool) -> Answer:
    if asked.text("topic") in _STATUS:
        return Answer(context.moves.status().plain())
    if keep and asked.whole("startPartitionId", -1) not in (None, -1):
        raise ApiError("parameter startPartitionId: does not go with realign")
    names = named(context, asked)
    if not names:
        raise ApiError(f"there is no topic {asked.text('topic')}", 404)
    order = _order(context, asked, context.brokers(asked.text("broker")))
    move = context.moves.place(
        names,
        order,
        asked.whole("replicas", -1),
        keep=keep,
        throttle=asked.whole("throttle", 1) or 1,
        dry_run=asked.flag("dryRun"),
    )
    return Answer(context.moves.wait(move, asked.seconds("timeout")).plain())


def _order(context: Context, asked: Parameters, brokers: list[int]) -> Order:
    start, shift = asked.whole("fixedStartIndex", -1), asked.whole("startPartitionId", -1)
    return Order(
        tuple(brokers or context.brokers("*")),
        None if start in (None, -1) else start,
        None if shift in (None, -1) else shift,
    )


def _placed(asked: Parameters) -> bool:
    return bool(asked.given("fixedStartIndex", "startPartitionId"))


def _settings(asked: Parameters) -> dict[str, str]:
    try:
        return values.pairs(asked.text("options"))
    except MeridianError as error:
        raise ApiError(f"parameter options: {error}") from error
