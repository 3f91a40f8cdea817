"""Quotas as Kafka's tool prints and takes them."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.quotas import Quota, Quotas, parse
from meridian.common.errors import MeridianError

PRINTED = """
Quota configs for client-id 'a's job' are producer_byte_rate=1000.0, consumer_byte_rate=2.5E7
Quota configs for the default client-id are consumer_byte_rate=5.0
Quota configs for user-principal 'u', client-id 'c' are consumer_byte_rate=6.0
Something else
"""


class Tool:
    """Kafka's tool.

    :ivar late: how many brokers answer that have not heard of a change yet.
    """

    def __init__(self) -> None:
        self.calls: list[Sequence[str]] = []
        self.late = 0
        self._printed = PRINTED

    def __call__(self, arguments: Sequence[str]) -> str:
        self.calls.append(arguments)
        if "--alter" in arguments:
            whose = "the default client-id" if "--entity-default" in arguments else "client-id 'a's job'"
            self._printed = f"Quota configs for {whose} are producer_byte_rate=9.0"
            return ""
        if "clients" not in arguments:
            return ""
        self.late -= 1
        return PRINTED if self.late >= 0 else self._printed


@pytest.fixture
def tool() -> Tool:
    """A tool that knows of two quotas."""
    return Tool()


@pytest.fixture
def quotas(tool: Tool) -> Quotas:
    """Operations by that tool."""

    class Access:
        def configs_tool(self) -> Any:
            return tool

    return Quotas(cast(KafkaAccess, Access()))


def test_what_is_printed_is_read() -> None:
    assert parse("clients", PRINTED) == [
        Quota("clients", "a's job", {"producer_byte_rate": 1000, "consumer_byte_rate": 2.5e7}),
        Quota("clients", "<default>", {"consumer_byte_rate": 5}),
    ]
    assert parse("users", PRINTED) == []


def test_rates_are_set_and_taken_away_at_once(quotas: Quotas, tool: Tool) -> None:
    found = quotas.assign("clients", "a's job", {"producer_byte_rate": 9, "consumer_byte_rate": None})
    assert [one.entity for one in found] == ["a's job"]
    assert tool.calls[0] == [
        *("--entity-type", "clients", "--entity-name=a's job", "--alter"),
        *("--add-config", "producer_byte_rate=9", "--delete-config", "consumer_byte_rate"),
    ]
    assert [one.rates for one in found] == [{"producer_byte_rate": 9}]
    quotas.assign("clients", "<default>", {"producer_byte_rate": 9})
    assert "--entity-default" in tool.calls[2]


def test_what_is_returned_is_what_was_set_whichever_broker_answers(quotas: Quotas, tool: Tool) -> None:
    tool.late = 2
    rates = {"producer_byte_rate": 9, "consumer_byte_rate": None}
    (found,) = quotas.assign("clients", "a's job", rates)
    assert found.rates == {"producer_byte_rate": 9}
    assert len(tool.calls) == 4


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 300])
def test_what_is_no_name_is_refused(quotas: Quotas, tool: Tool, name: str) -> None:
    with pytest.raises(MeridianError, match="no name"):
        quotas.assign("clients", name, {"producer_byte_rate": 9})
    assert tool.calls == []
