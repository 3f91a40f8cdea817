"""Settings of Kafka, by the table of the version that is shipped."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from meridian.common import paths
from meridian.topology import Layers, TopologyError, expand, kafka_settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "topics: {flights: {config: {retention.bytes: 10GB}}}",
            "topics.flights.config.retention.bytes: expected a whole number, found '10GB'; "
            "Kafka takes bytes: 10737418240",
        ),
        (
            "topics: {flights: {config: {retention.ms: two weeks}}}",
            "expected a whole number, found 'two weeks'",
        ),
        ("topics: {flights: {config: {retention.ms: 7d}}}", "Kafka takes milliseconds: 604800000"),
        (
            "topics: {flights: {config: {cleanup.policy: compress}}}",
            "topics.flights.config.cleanup.policy: expected some of compact, delete; found 'compress'",
        ),
        (
            "topics: {flights: {config: {retension.ms: 5}}}",
            "config.retension.ms: Kafka 4.3.1 has no such setting; did you mean 'retention.ms'?",
        ),
        ("topics: {flights: {config: {nonsense: 5}}}", "nonsense: Kafka 4.3.1 has no such setting"),
        ("topics: {flights: {config: {min.cleanable.dirty.ratio: 2}}}", "a number in [0,...,1], found 2"),
        ("topics: {flights: {config: {preallocate: maybe}}}", "expected true or false, found 'maybe'"),
        ("topics: {flights: {config: {segment.bytes: 99999999999}}}", "of at most 2147483647"),
        ("topics: {flights: {config: {min.insync.replicas: 2}}}", "as topics.flights.min_insync_replicas"),
        ("kafka: {config: {num.netwrok.threads: 3}}", "did you mean 'num.network.threads'?"),
        (
            "kafka: {config: {node.id: 3}}",
            "kafka.config.node.id: Meridian sets it; what it is follows from kafka.ids",
        ),
        ("kafka: {config: {listeners: 'A://:1'}}", "Meridian sets it; what it is follows from kafka.ports"),
        ("kafka: {config: {log.dirs: /x}}", "Meridian sets it; what it is follows from kafka.data"),
        (
            "kafka: {config: {log.segment.bytes: 1GB}}",
            "kafka.config.log.segment.bytes: expected a whole number",
        ),
        (
            "connect: {config: {offset.flush.interval.ms: soon}}",
            "connect.config.offset.flush.interval.ms: expected",
        ),
        ("connect: {config: {producer.lingr.ms: 5}}", "did you mean 'linger.ms'?"),
        (
            "flows: {central: {config: {producer.override.compression.type: zip}}}",
            "flows.central.config.producer.override.compression.type: expected one of",
        ),
    ],
)
def test_what_kafka_would_refuse_is_refused(bent: Callable[..., Layers], text: str, message: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "topics: {flights: {config: {retention.ms: -1, cleanup.policy: 'compact, delete'}}}",
        "topics: {flights: {config: {retention.bytes: '5', compression.type: zstd, preallocate: true}}}",
        "topics: {flights: {config: {compression.gzip.level: -1, min.cleanable.dirty.ratio: 1}}}",
        "kafka: {config: {my.plugin.setting: anything, queued.max.requests: 600}}",
        "kafka: {config: {listener.name.internal.ssl.cipher.suites: TLS_AES_256_GCM_SHA384}}",
        "kafka: {config: {group.consumer.migration.policy: Upgrade}}",
        "flows: {central: {config: {refresh.groups.enabled: true, source.consumer.fetch.max.bytes: 9}}}",
    ],
)
def test_what_kafka_takes_is_taken(bent: Callable[..., Layers], text: str) -> None:
    expand(bent(text), "local")


def test_the_table_is_of_the_kafka_that_is_shipped() -> None:
    artifact = yaml.safe_load((paths.repository() / "salt/kafka/artifact.yaml").read_text())
    assert artifact["kafka"]["version"] == kafka_settings.VERSION


@given(
    st.sampled_from(sorted(kafka_settings.table("topic"))),
    st.one_of(st.text(), st.integers(), st.floats(), st.booleans()),
)
def test_no_value_is_an_error_of_ours(key: str, value: Any) -> None:
    assert isinstance(kafka_settings.wrong("topic", key, value), str)
