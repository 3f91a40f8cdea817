"""What the service says about its partitions, beside what every service says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archiver.partition import Partition, Phase


@dataclass
class Counters:
    """What was stored since the start."""

    objects: int = 0
    bytes: int = 0
    records: int = 0


def of_partitions(
    partitions: Mapping[tuple[str, int], Partition], lags: Mapping[tuple[str, int], int]
) -> dict[str, dict[str, Any]]:
    """Return the state of each partition, by topic and number.

    :param lags: offsets not stored yet, of the partitions where that is known.
    """
    facts: dict[str, dict[str, Any]] = {}
    for (topic, number), one in sorted(partitions.items()):
        facts.setdefault(topic, {})[str(number)] = {
            "phase": one.phase.value,
            "stored": one.stored,
            "position": one.position,
            "lag_records": lags.get((topic, number)),
            "problem": one.problem if one.phase is Phase.BLOCKED else "",
        }
    return facts
