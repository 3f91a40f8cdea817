"""What must arrive, counted from the data set itself and compared with what did.

Independent of everything that moves the records: it knows the data set, the airports' regions and the rule of
the filter, and nothing of Kafka, of how the publisher writes JSON, or of how the mirror filters.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas

_IDENTITY = ["time_hour", "carrier", "flight"]


@dataclass(frozen=True)
class Arrived:
    """One record as a consumer saw it."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Difference:
    """How what arrived differs from what had to arrive, in records.

    :ivar arrived: how many different expected flights came.
    :ivar missing: expected, never came.
    :ivar doubled: came more than once; each further time counts.
    :ivar unmanaged: came, and should have been held back, or are no flight at all.
    :ivar altered: came with another value, key or headers than they were sent with.
    :ivar example: one of those, for a person; empty when there is none.
    """

    arrived: int
    missing: int
    doubled: int
    unmanaged: int
    altered: int
    example: str = ""


def of_region(frame: pandas.DataFrame, regions: Mapping[str, str], region: str) -> pandas.DataFrame:
    """Return the flights that are produced to a region.

    :param regions: airport to region.
    """
    return frame[frame["origin"].map(regions) == region]


def delayed(frame: pandas.DataFrame, minutes: float) -> pandas.DataFrame:
    """Return the flights that left later than scheduled by more than so many minutes.

    A flight without a departure was cancelled, not delayed.
    """
    return frame[frame["dep_delay"] > minutes]


def busiest_hour(frame: pandas.DataFrame) -> pandas.Timestamp:
    """Return the start of the scheduled hour (UTC) with the most flights; the earliest of equals."""
    counts = frame["time_hour"].value_counts()
    return pandas.Timestamp(min(counts[counts == counts.max()].index))


def compare(expected: pandas.DataFrame, arrived: Sequence[Arrived], run: str) -> Difference:
    """Compare flights that had to arrive with records that did.

    :param expected: the flights, as the data set has them.
    :param arrived: records of this run.
    :param run: what each record's header ``run`` has to say.
    """
    seen, unreadable = _table(arrived, list(expected.columns))
    again = seen.duplicated(_IDENTITY)
    both = expected.reset_index(drop=True).merge(
        seen[~again], on=_IDENTITY, how="outer", suffixes=("", "_seen"), indicator="_side"
    )
    side = both.pop("_side")
    missing, unmanaged, pairs = both[side == "left_only"], both[side == "right_only"], both[side == "both"]
    wrong = pairs[~_intact(pairs, [name for name in expected.columns if name not in _IDENTITY], run)]
    odd = next((part for part in (wrong, unmanaged, missing, seen[again]) if len(part)), None)
    return Difference(
        arrived=len(pairs),
        missing=len(missing),
        doubled=int(again.sum()),
        unmanaged=len(unmanaged) + unreadable,
        altered=len(wrong),
        example="" if odd is None else " ".join(str(odd.iloc[0][name]) for name in _IDENTITY),
    )


def _table(arrived: Sequence[Arrived], columns: list[str]) -> tuple[pandas.DataFrame, int]:
    """Decode records into the data set's columns beside their key and headers; count what is no flight."""
    values: list[dict[str, object]] = []
    for record in arrived:
        try:
            value = json.loads(record.value or b"")
        except ValueError:
            continue
        # A flight has these columns and no other: an added or dropped field is an altered record too.
        if isinstance(value, dict) and set(value) == set(columns):
            values.append(value | {"_key": record.key, "_headers": tuple(record.headers)})
    frame = pandas.DataFrame(values, columns=[*columns, "_key", "_headers"])
    frame["flight"] = frame["flight"].astype("int64")
    for name in ("time_hour", "carrier"):
        frame[name] = frame[name].astype("str")
    return frame, len(arrived) - len(values)


def _intact(pairs: pandas.DataFrame, columns: list[str], run: str) -> pandas.Series:
    """Say of each pair whether value, key and headers are what was sent."""
    intact = pandas.Series(True, index=pairs.index)
    for name in columns:
        sent, came = pairs[name], pairs[f"{name}_seen"]
        intact &= (sent.isna() & came.isna()) | (sent == came)
    keys = (pairs["carrier"] + pairs["flight"].astype("int64").astype(str)).str.encode("ascii")
    intact &= keys.astype(object) == pairs["_key"]
    mark = run.encode()
    headers = [(("origin", origin.encode()), ("run", mark)) for origin in pairs["origin"]]
    same = [came == sent for came, sent in zip(pairs["_headers"], headers, strict=True)]
    return intact & pandas.Series(same, index=pairs.index, dtype=bool)
