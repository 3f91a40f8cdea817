"""Types of a connector's settings."""

import pytest
from meridian.services.connect import kinds
from meridian.services.kafka.values import same


@pytest.mark.parametrize(
    ("key", "one", "other", "equal"),
    [
        ("tasks.max", "3", "03", True),
        ("replication.factor", "3", "3.0", True),
        ("refresh.topics.interval.seconds", "10", "10.0", True),
        ("sync.group.offsets.enabled", "True", "true", True),
        ("topics", "flights,weather", "weather, flights", True),
        ("topics.exclude", "a,b", "b,a", True),
        ("producer.override.linger.ms", "5", "5.0", True),
        ("source.cluster.ssl.enabled.protocols", "TLSv1.3,TLSv1.2", "TLSv1.2,TLSv1.3", True),
        ("source.cluster.alias", "01", "1", False),
        ("transforms.filter.equals", "1", "1.0", False),
        ("transforms", "a,b", "b,a", False),
        ("predicates.delayed.matches", "a,b", "b,a", False),
        ("name", "1", "1.0", False),
    ],
)
def test_a_connectors_settings_are_compared_by_what_they_mean(
    key: str, one: str, other: str, equal: bool
) -> None:
    assert same(key, one, other, kinds.of(key)) is equal
