"""What Elasticsearch's answer to one document means. Pure."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

# What is wrong with the document itself: the same answer would come for ever.
_DEAD = frozenset(
    {
        "document_parsing_exception",
        "mapper_parsing_exception",
        "mapper_exception",
        "strict_dynamic_mapping_exception",
        "illegal_argument_exception",
        "parsing_exception",
        "parse_exception",
        "x_content_parse_exception",
        "json_parse_exception",
        "not_x_content_exception",
        "max_bytes_length_exceeded_exception",
    }
)


class Verdict(Enum):
    """What is to be done about a document."""

    DONE = "done"
    THERE = "there"  # one with its id is there; whether it is the same has to be looked up
    RETRY = "retry"
    DEAD = "dead"


def of_item(item: Mapping[str, Any]) -> Verdict:
    """Return what an item of a bulk answer means.

    Only what is known to be the document's own fault is given up; all else is tried again: a record is rather
    late than lost.
    """
    status = int(item["status"])
    if status < 300:
        return Verdict.DONE
    if status == 409:
        return Verdict.THERE
    kind = (item.get("error") or {}).get("type", "")
    return Verdict.DEAD if status == 400 and kind in _DEAD else Verdict.RETRY


def reason(item: Mapping[str, Any]) -> str:
    """Return Elasticsearch's own words, with the cause where there is one, on one line."""
    error = item.get("error") or {}
    cause = (error.get("caused_by") or {}).get("reason") or ""
    told = f"{error.get('type', 'error')}: {error.get('reason', '')}"
    return " ".join((f"{told} ({cause})" if cause and cause not in told else told).split())
