"""Whether a Kafka client is dead for good."""

from confluent_kafka import KafkaError


def is_dead(error: KafkaError) -> bool:
    """Return whether the client that an error comes from cannot go on: its place in a group is taken, say.

    A consumer wraps what is fatal in an error that says it is not; only its code tells.
    """
    return bool(error.fatal()) or error.code() == KafkaError._FATAL
