"""Nothing goes that was not shown and confirmed by name."""

import io

import pytest
from meridian.cli import destroy

LISTING = {
    "machines": {"kafka-2.west.multi": "google", "kafka-1.east.multi": "aws", "kafka-2.east.multi": "aws"},
    "left": [
        "kafka-1.west.multi: google has a machine of that name without our tags, 77; rename or remove it"
    ],
}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "yes"), [("multi", True), ("yes", False), ("", False)])
def test_only_the_environments_name_is_a_yes(
    typed: str, yes: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
    assert destroy.confirmed("multi", False, lambda: LISTING) is yes
    printed = capsys.readouterr().out
    assert all(name in printed for name in LISTING["machines"])
    assert "left alone: kafka-1.west.multi" in printed


def test_no_terminal_is_a_no_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> dict[str, object]:
        raise AssertionError

    monkeypatch.setattr("sys.stdin", io.StringIO("multi\n"))
    assert destroy.confirmed("multi", False, never) is False


def test_machines_are_listed_provider_by_provider() -> None:
    assert destroy.told({**LISTING, "left": []}) == [
        "aws, 2 machines:",
        "  kafka-1.east.multi",
        "  kafka-2.east.multi",
        "google, 1 machines:",
        "  kafka-2.west.multi",
    ]
    assert destroy.told({"machines": {}, "left": []}) == ["there are no machines"]
