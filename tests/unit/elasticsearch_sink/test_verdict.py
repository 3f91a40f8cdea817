import pytest
from elasticsearch_sink.verdict import Verdict, of_item, reason


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (201, "", Verdict.DONE),
        (409, "version_conflict_engine_exception", Verdict.THERE),
        (400, "document_parsing_exception", Verdict.DEAD),
        (400, "illegal_argument_exception", Verdict.DEAD),
        # Not the document's fault: no room for another index, a full disk, a missing right, no primary.
        (400, "validation_exception", Verdict.RETRY),
        (429, "cluster_block_exception", Verdict.RETRY),
        (403, "security_exception", Verdict.RETRY),
        (404, "index_not_found_exception", Verdict.RETRY),
        (503, "unavailable_shards_exception", Verdict.RETRY),
    ],
)
def test_only_what_is_wrong_with_the_document_itself_is_given_up(
    status: int, kind: str, expected: Verdict
) -> None:
    assert of_item({"status": status, "error": {"type": kind}}) is expected


def test_a_reason_is_one_line_with_its_cause() -> None:
    error = {
        "type": "document_parsing_exception",
        "reason": "[1:9] failed\nto parse",
        "caused_by": {"reason": "no"},
    }
    told = reason({"status": 400, "error": error})
    assert told == "document_parsing_exception: [1:9] failed to parse (no)"
