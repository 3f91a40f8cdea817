"""What each broker knows of topics: they hear of a change one after the other, and any of them may answer."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from confluent_kafka.admin import AdminClient, ConfigEntry, ConfigResource, ResourceType

from meridian.common.errors import MeridianError
from meridian.services.kafka import client as kafka_client
from meridian.services.kafka import cluster as kafka_cluster

#: Topic → key → its value now.
Settings = Mapping[str, Mapping[str, ConfigEntry]]


def settings(admin: AdminClient, topics: Collection[str]) -> list[Settings]:
    """Return topics' settings as each broker knows them, without the brokers that do not know one of them.

    :raises MeridianError: no broker answers.
    """
    told = list(_told(admin, topics))
    found = [one for one in told if not isinstance(one, MeridianError)]
    refusals = [one for one in told if isinstance(one, MeridianError)]
    if refusals and not found and not any(map(kafka_client.not_yet, refusals)):
        raise refusals[-1]
    return found


def known(admin: AdminClient, topics: Collection[str]) -> bool:
    """Return whether no broker says that it has not heard of one of them; one that is down says nothing."""
    return not any(
        isinstance(one, MeridianError) and kafka_client.not_yet(one) for one in _told(admin, topics)
    )


def _told(admin: AdminClient, topics: Collection[str]) -> Iterator[Settings | MeridianError]:
    """Ask all brokers at once."""
    resources = [ConfigResource(ResourceType.TOPIC, topic) for topic in sorted(topics)]
    more: dict[str, Any] = {"request_timeout": kafka_client.REQUEST_SECONDS}
    asked = [
        admin.describe_configs(resources, broker=broker, **more)
        for broker in kafka_cluster.describe(admin).brokers
    ]
    for futures in asked:
        try:
            answers = kafka_client.results(futures, "settings of topic")
        except MeridianError as error:
            yield error
        else:
            yield {one.name: entries for one, entries in answers.items()}
