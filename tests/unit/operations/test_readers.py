from typing import Any

import pytest
from meridian.operations import readers


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        ({"state": "running", "problems": []}, []),
        ({"state": "starting", "problems": []}, []),
        ({"state": "retrying", "problems": ["again/0: made again"]}, ["archiver on a: again/0: made again"]),
        (
            {"state": "stopped", "problems": []},
            ["archiver on a does not run: see journalctl -u meridian-archiver there"],
        ),
        ({"state": "running", "problems": [], "missed": ["a/0: offsets"]}, ["archiver on a: a/0: offsets"]),
        ("'archive.service' is not available.", []),
    ],
)
def test_what_holds_an_archiver_up_is_told_with_its_node(facts: Any, problems: list[str]) -> None:
    assert readers.lines("archiver", {"a": facts}) == problems


def test_a_topic_of_many_partitions_does_not_fill_the_screen() -> None:
    found = readers.lines("sink", {"a": {"problems": [f"t/{number}: why" for number in range(100)]}})
    assert found[-1] == "sink on a: 95 more like these"
    assert len(found) == 6
