"""The sink's places in a topic, put back to its beginning: how an index is built anew from what Kafka has."""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from meridian.common.errors import MeridianError

_TIMEOUT = 30.0


def rewind(client: Mapping[str, Any], group: str, topic: str, confirm: str) -> int:
    """Have a group read a topic from its beginning again.

    Documents that are there stay as they are and are not counted twice: the index is removed first where it
    shall be made anew.

    :param client: librdkafka's settings of the connection.
    :param confirm: the topic's name once more.
    :return: number of its partitions.
    :raises MeridianError: the names differ, there is no such topic, or a sink still runs.
    """
    if topic != confirm:
        raise MeridianError(
            f"topic {topic} is not rewound: --confirm must be its name as well, it is {confirm!r}"
        )
    admin = AdminClient(dict(client) | {"log_level": 2})
    try:
        known = admin.list_topics(timeout=_TIMEOUT).topics.get(topic)
        if known is None:
            raise MeridianError(f"there is no topic {topic}")
        places = [TopicPartition(topic, number, 0) for number in known.partitions]
        asked = admin.alter_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(group, places)], request_timeout=_TIMEOUT
        )
        done = asked[group].result().topic_partitions
    except KafkaException as error:
        raise MeridianError(
            f"topic {topic} is not rewound: {error.args[0].str()}; stop every sink first, and wait for 15 "
            "seconds"
        ) from error
    if failed := [f"{one.partition}: {one.error.str()}" for one in done if one.error]:
        raise MeridianError(f"topic {topic}: partitions that are not rewound: {', '.join(failed)}")
    return len(places)
