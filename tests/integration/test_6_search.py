"""A centre with a search cluster that brokers with ZooKeeper fill: deployed and proven on the local cloud."""

import re
from collections.abc import Iterator

import pytest

from tests.integration.clone import Clone

ENVIRONMENT = "local-search"
NODES = [f"elastic-{number}.central.{ENVIRONMENT}" for number in (1, 2, 3)]


@pytest.fixture(scope="module")
def search(clone: Clone) -> Iterator[Clone]:
    """The clone with its platform up."""
    clone.meridian("deploy", ENVIRONMENT, timeout=1500)
    yield clone
    clone.meridian("destroy", ENVIRONMENT, "--yes")


def test_a_second_deployment_changes_nothing(search: Clone) -> None:
    again = search.meridian("deploy", ENVIRONMENT, "--json", timeout=300).json
    assert again == {"ok": True, "changes": 0, "failures": []}


def test_each_flight_is_one_document_though_a_node_and_a_sink_are_killed(search: Clone) -> None:
    """All flights from a Kafka 3.9 with ZooKeeper, through MirrorMaker 2, into the index."""

    def break_things() -> None:
        search.on(NODES[0], "systemctl kill --kill-whom=all -s KILL meridian-elasticsearch")
        search.on(NODES[1], "systemctl kill --kill-whom=all -s KILL meridian-elasticsearch-sink")

    printed = search.during(("verify", ENVIRONMENT), r"flights: \d+ of \d+ published", break_things)
    for what in ("us-east-to-central: delayed flights arrived", "documents of this run"):
        assert re.search(rf"{what}\D+(\d+)\D+\1\b", printed), printed[-3000:]
    status = search.well_within(120, ENVIRONMENT)
    assert (status["search"]["central"]["health"], status["search"]["central"]["nodes"]) == ("green", 3)
