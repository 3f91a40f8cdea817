"""What a person and a CI server get to see of a verification."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from meridian.verification import junit, table
from meridian.verification.result import Result, Row, row

GOOD = row("us-east-to-central: delayed flights", 41_592, 41_592, "look at the mirror")
BAD = row("archive us-east: gaps in flights", 0, 2, "flights/3 from offset 17")


def test_nothing_checked_is_not_ok() -> None:
    assert not Result((), 1.0).ok
    assert Result((GOOD,), 1.0).ok
    assert not Result((GOOD, BAD), 1.0).ok
    assert Result((GOOD, BAD), 1.0).failures == (BAD,)


def test_table_shows_expected_seen_and_why() -> None:
    head, good, bad, note = table.lines([GOOD, BAD])
    assert head.split() == ["check", "expected", "seen"]
    assert good.split()[-3:] == ["41592", "41592", "ok"]
    assert bad.split()[-3:] == ["0", "2", "FAILED"]
    assert note.strip() == "flights/3 from offset 17"


@pytest.mark.parametrize("rows", [(), (GOOD,), (GOOD, BAD)])
def test_junit_counts_and_names(tmp_path: Path, rows: tuple[Row, ...]) -> None:
    target = tmp_path / "reports" / "verify.xml"
    junit.write(target, Result(rows, 2.5), "local")
    (suite,) = ElementTree.parse(target).getroot()
    assert (suite.get("tests"), suite.get("failures")) == (str(len(rows)), str(rows.count(BAD)))
    assert [case.get("name") for case in suite] == [row.name for row in rows]
    failures = [failure.text for failure in suite.iter("failure")]
    assert failures == ["flights/3 from offset 17"] * rows.count(BAD)
