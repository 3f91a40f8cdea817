"""Nothing goes that was not shown and confirmed by name."""

import io
from pathlib import Path

import pytest
from meridian.cli import destroy
from meridian.cloud.lifecycle import record
from meridian.common import paths
from meridian.operations import providers

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


def test_what_is_known_of_machines_at_clouds_outlives_another_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    (tmp_path / "machines").mkdir()
    record.add(providers.record_file(), "aws", {"aws": "ec2"})
    destroy.clean(purge=False, down=list)
    assert (tmp_path / "machines").is_dir()
    record.forget(providers.record_file(), "aws")
    destroy.clean(purge=False, down=list)
    assert not (tmp_path / "machines").exists()
