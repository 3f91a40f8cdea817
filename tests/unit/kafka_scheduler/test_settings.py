"""Settings of the scheduler, from its command line and a file."""

from pathlib import Path

import pytest
from kafka_scheduler import settings
from meridian.common.errors import MeridianError


@pytest.fixture(autouse=True)
def no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "CONFIG_FILE", tmp_path / "none")


def test_the_command_line_comes_before_the_file_and_that_before_the_default(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.properties"
    file.write_text("# ours\nmaster=zk://a/mesos\nframework-timeout=1h\nframework-name=k\n", encoding="utf-8")
    found = settings.load([str(file), "--framework-name", "other", "--debug"])
    assert (found.master, found.framework_timeout, found.framework_name, found.debug) == (
        "zk://a/mesos",
        3600.0,
        "other",
        True,
    )
    assert (found.reconciliation_timeout, found.reconciliation_attempts, found.framework_role) == (
        300,
        6,
        "*",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mastr=a", "scheduler.properties:1: 'mastr' is no setting; known are api"),
        ("framework-timeout=soon", "scheduler.properties:1: framework-timeout: 'soon' is no time"),
        ("reconciliation-attempts=0", "expected a number from 1 to 30"),
        ("framework-name=a b", "expected a name without spaces"),
        ("debug=perhaps", "expected true or false"),
        ("user=kafka", "name the Mesos master by --master"),
        ("certificate=/x", "name the Mesos master"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.properties"
    file.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(MeridianError, match=said):
        settings.load([str(file)])


def test_settings_that_belong_together() -> None:
    with pytest.raises(MeridianError, match="--certificate and --key belong together"):
        settings.load(["--master=a", "--certificate=/x"])


def test_rest_is_told_its_own() -> None:
    found = settings.load(["--master=a", "--api=https://h:7000", "--api-user=u"])
    assert found.api_properties == {
        "api": "https://h:7000",
        "api-certificate": "",
        "api-key": "",
        "api-ca": "",
        "api-user": "u",
        "api-secret-file": "",
        "api-reader-secret-file": "",
    }
