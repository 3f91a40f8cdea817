"""Transactions that hold readers of a partition back: whose they are, and their end by hand.

By Kafka's own tool, as no Python client has these requests.
"""

from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.kafka.java import Tool

#: What ``start_offset`` is where a producer has no open transaction.
_NONE = "None"


def open_transactions(tool: Tool, topic: str, partition: int) -> list[dict[str, Any]]:
    """Return the open transactions of a partition: ``producer_id``, ``producer_epoch``, ``start_offset`` and
    ``last_timestamp`` (milliseconds) of each.

    :param tool: runs :data:`meridian.services.kafka.java.TRANSACTIONS`.
    :raises MeridianError: the tool failed.
    """
    return read(tool(["describe-producers", "--topic", topic, "--partition", str(partition)]))


def abort(tool: Tool, topic: str, partition: int, start_offset: int, confirm: str) -> bool:
    """Abort the open transaction that begins at an offset of a partition.

    Its producer is not asked: if it still lives, its commit fails, and what it wrote is never read.

    :param confirm: ``<topic>/<partition>`` once more.
    :raises MeridianError: not confirmed, or the tool failed, as where no transaction begins there.
    """
    place = f"{topic}/{partition}"
    if confirm != place:
        raise MeridianError(f"aborting what a producer wrote cannot be undone: say confirm={place}")
    where = ["--topic", topic, "--partition", str(partition), "--start-offset", str(start_offset)]
    tool(["abort", *where])
    return True


def read(printed: str) -> list[dict[str, Any]]:
    """Read the table that the tool prints of a partition's producers. Pure."""
    found = []
    for line in printed.splitlines():
        cells = line.split()
        if len(cells) != 6 or not cells[0].isdigit() or cells[5] == _NONE:
            continue
        found.append(
            {
                "producer_id": int(cells[0]),
                "producer_epoch": int(cells[1]),
                "start_offset": int(cells[5]),
                "last_timestamp": int(cells[4]),
            }
        )
    return found
