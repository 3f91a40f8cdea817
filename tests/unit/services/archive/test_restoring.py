import pytest
from meridian.common.errors import MeridianError
from meridian.services.archive.restoring import moment


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2013-01-01T06:00:00Z", 1_357_020_000_000),
        ("2013-01-01T01:00:00-05:00", 1_357_020_000_000),
        ("2013-01-01T06:00:00.123+00:00", 1_357_020_000_123),
        (1_357_020_000_000, 1_357_020_000_000),
        ("1357020000000", 1_357_020_000_000),
        ("", None),
        (None, None),
    ],
)
def test_times_are_read(text: str | int | None, milliseconds: int | None) -> None:
    assert moment(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "why"), [("yesterday", "is no time"), ("2013-01-01T06:00:00", "which zone")]
)
def test_what_is_no_time_is_refused(text: str, why: str) -> None:
    with pytest.raises(MeridianError, match=why):
        moment(text)
