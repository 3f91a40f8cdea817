"""What the supervisors have seen, as a person reads it."""

from typing import Any

from meridian.operations.supervision import judge

PART: dict[str, Any] = {
    "connector": "us-east-to-central.source",
    "task": 0,
    "failed": True,
    "since": 1_796_137_200.0,
    "reason": "RecordTooLargeException: 5000 bytes",
    "cause": "stays",
    "restarts": 2,
}


def test_what_fails_is_a_problem_with_place_date_number_and_reason() -> None:
    found = judge({"kafka-1": {"age": 1.0, "parts": [{**PART, "connector": "a", "failed": False}, PART]}})
    assert [(one["connector"], one["node"]) for one in found["parts"]] == [
        ("us-east-to-central.source", "kafka-1"),
        ("a", "kafka-1"),
    ]
    [problem] = found["problems"]
    assert problem == (
        "us-east-to-central.source task 0 on kafka-1 fails since 2026-12-01 15:00:00 UTC, restarted 2 times: "
        "RecordTooLargeException: 5000 bytes; that does not pass by itself: "
        "change the setting or what the record met"
    )


def test_what_runs_again_is_listed_and_no_problem() -> None:
    found = judge({"kafka-1": {"age": 1.0, "parts": [{**PART, "failed": False}]}})
    assert (len(found["parts"]), found["problems"]) == (1, [])


def test_a_supervisor_that_does_not_run_or_hangs_is_a_problem() -> None:
    problems = judge({"kafka-2": {}, "kafka-1": {"age": 300.0, "parts": []}})["problems"]
    assert [one.partition(",")[0] for one in problems] == [
        "kafka-1: meridian-connect-supervisor hangs",
        "kafka-2: meridian-connect-supervisor does not run",
    ]
