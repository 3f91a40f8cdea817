"""The one line that names what happened to whom."""

from meridian.cloud.lifecycle.outcome import Failure, not_made, not_removed


def test_failed_nodes_are_named_and_those_of_one_reason_together() -> None:
    wanted = {"ec2": ["a", "b", "c"], "gce": ["d"]}
    failed = {name: Failure("no such image") for name in "ba"} | {"s": Failure("does not start")}
    assert not_made(wanted, ["s"], failed) == (
        "3 of 5 nodes did not come up: a, b: no such image; s: does not start"
    )


def test_quota_says_how_many_of_how_many_were_made() -> None:
    wanted = {"ec2": [f"n{number:02}" for number in range(20)], "gce": ["d"]}
    failed = {"n07": Failure("limit of 7", quota=True, hopeless=True)}
    failed |= {f"n{number:02}": Failure(begun=False) for number in range(8, 20)}
    text = not_made(wanted, [], failed)
    assert text.startswith(
        "13 of 21 nodes did not come up: n07: limit of 7; ec2: quota reached, 7 of 20 made"
    )
    assert text.endswith("not begun after that: " + ", ".join(f"n{number:02}" for number in range(8, 20)))


def test_everything_that_is_left_is_named() -> None:
    failed = {"b": Failure("no route", hopeless=True), "c": Failure(begun=False)}
    assert not_removed("aws", 3, failed, ["machines at gce are not known: no route"]) == (
        "aws: 3 machines removed; not removed: b: no route; not tried after that: c; "
        "machines at gce are not known: no route; the next destroy goes on from here"
    )
