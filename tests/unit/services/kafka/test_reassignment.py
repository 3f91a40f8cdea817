"""What Kafka's tool prints of moves."""

from collections.abc import Sequence

from meridian.services.kafka import reassignment

LISTED = """Current partition reassignments:
flights-0: replicas: 3,1,2. adding: 3. removing: 2.
my-topic-12: replicas: 1,2,3. adding: 3.
less-1: replicas: 1,2. removing: 2.
"""


def test_what_is_under_way_is_told_with_the_replicas_that_will_be() -> None:
    def tool(arguments: Sequence[str]) -> str:
        assert list(arguments) == ["--list"]
        return LISTED

    assert reassignment.under_way(tool) == {
        "flights": {0: (3, 1)},
        "my-topic": {12: (1, 2, 3)},
        "less": {1: (1,)},
    }
    assert reassignment.under_way(lambda _: "No partition reassignments found.") == {}
