"""A centre with a search cluster that brokers with ZooKeeper fill: deployed and proven on the local cloud."""

import re

from tests.integration.clone import Clone

ENVIRONMENT = "local-search"


def test_each_flight_is_one_document(clone: Clone) -> None:
    """All flights from a Kafka 3.9 with ZooKeeper, through MirrorMaker 2, into the index."""
    clone.meridian("deploy", ENVIRONMENT, timeout=1500)
    verified = clone.meridian("verify", ENVIRONMENT, timeout=900)
    printed = verified.output + verified.messages
    for what in ("us-east-to-central: delayed flights arrived", "documents of this run"):
        assert re.search(rf"{what}\D+(\d+)\D+\1\b", printed), printed[-3000:]
    status = clone.well_within(120, ENVIRONMENT)
    assert (status["search"]["central"]["health"], status["search"]["central"]["nodes"]) == ("green", 3)
    clone.meridian("destroy", ENVIRONMENT, "--yes")
