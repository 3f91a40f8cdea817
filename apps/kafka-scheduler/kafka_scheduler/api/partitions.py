"""What is asked of partitions."""

from kafka_scheduler.api import topics
from kafka_scheduler.api.answers import Answer
from kafka_scheduler.api.context import Context
from kafka_scheduler.api.parameters import Parameters


def listed(context: Context, asked: Parameters) -> Answer:
    """Answer with topics' partitions."""
    return Answer(context.topics.partitions(topics.named(context, asked)))


def add(context: Context, asked: Parameters) -> Answer:
    """Give topics more partitions."""
    brokers = context.brokers(asked.text("broker")) if asked.text("broker") else []
    names = topics.named(context, asked)
    context.topics.grow(names, asked.whole("partitions", 1) or 1, brokers)
    return Answer(context.topics.partitions(names))
