"""Whose a transaction is that holds readers back, and its end."""

from collections.abc import Sequence

import pytest
from meridian.common.errors import MeridianError
from meridian.services.kafka import transactions

_HEADER = "ProducerId\tProducerEpoch\tLatestCoordinatorEpoch\tLastSequence\tLastTimestamp\t…"
_TABLE = f"""\
{_HEADER}
4012      \t0            \t-1       \t9           \t1796093249529\t17     \t
4011      \t2            \t0        \t3           \t1796093249000\tNone   \t
"""


def test_only_producers_with_an_open_transaction_are_told() -> None:
    assert transactions.open_transactions(lambda arguments: _TABLE, "txn", 0) == [
        {
            "producer_id": 4012,
            "producer_epoch": 0,
            "start_offset": 17,
            "last_timestamp": 1796093249529,
        }
    ]


def test_a_transaction_is_aborted_by_its_place_when_that_is_said_twice() -> None:
    asked: list[Sequence[str]] = []

    def tool(arguments: Sequence[str]) -> str:
        asked.append(arguments)
        return ""

    with pytest.raises(MeridianError, match="confirm=txn/0"):
        transactions.abort(tool, "txn", 0, 17, "txn")
    assert asked == []
    assert transactions.abort(tool, "txn", 0, 17, "txn/0")
    assert asked == [["abort", "--topic", "txn", "--partition", "0", "--start-offset", "17"]]
