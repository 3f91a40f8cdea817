"""Whether the copies that a flow has made are still in its target."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.mirror.flow import FlowSpec

_TIMEOUT = 2.0


def problems(flow: FlowSpec, topics: Collection[str], tls: Tls | None) -> list[str]:
    """Return a line for each copy that was deleted, or is empty though the flow has read its topic.

    :param topics: topics of the source that the flow has read records of.
    :param tls: identity to read the target with; ``None`` for plaintext.
    :raises MeridianError: when the target does not answer.
    """
    if not topics:
        return []
    settings: dict[str, Any] = {
        "bootstrap.servers": flow.target_bootstrap,
        "log_level": 0,
        **(tls.librdkafka() if tls else {}),
    }
    try:
        ends = _ends(AdminClient(settings), [flow.copy_of(topic) for topic in topics])
    except KafkaException as error:
        raise MeridianError(
            f"flow {flow.name}: target {flow.target} at {flow.target_bootstrap} does not answer: "
            f"{error.args[0].str() if error.args else error}"
        ) from error
    return lines(flow, topics, ends)


def lines(flow: FlowSpec, topics: Iterable[str], ends: Mapping[str, int]) -> list[str]:
    """Return what is to be said of copies. Pure.

    :param topics: topics of the source that the flow has read records of.
    :param ends: copy → offsets that were ever written to it, of those that there are.
    """
    found = []
    for topic in topics:
        copy = flow.copy_of(topic)
        source = flow.connectors["source"]
        back = (
            f"its records come back only when the position of {source} is set back "
            f"(PATCH /connectors/{source}/offsets while it is stopped), or from the archive"
        )
        if copy not in ends:
            found.append(
                f"topic {copy} is not in {flow.target} though the flow has mirrored {topic}: it was deleted "
                f"there; MirrorMaker makes it again, empty, and {back}"
            )
        # A filter may rightly have let nothing through.
        elif ends[copy] == 0 and not flow.settings.get("filter"):
            found.append(
                f"topic {copy} of {flow.target} is empty though the flow has mirrored {topic}: it was "
                f"deleted there and made again; {back}"
            )
    return found


def _ends(admin: AdminClient, copies: Collection[str]) -> dict[str, int]:
    there = admin.list_topics(timeout=_TIMEOUT).topics
    asked: dict[Any, Any] = {
        TopicPartition(name, number): OffsetSpec.latest()
        for name in copies
        if name in there
        for number in there[name].partitions
    }
    if not asked:
        return {}
    futures = admin.list_offsets(
        asked, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=_TIMEOUT
    )
    ends: dict[str, int] = {}
    for at, future in futures.items():
        ends[at.topic] = ends.get(at.topic, 0) + int(future.result().offset)
    return ends
