import json
import os
import pwd
import stat
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.archive import settings, wiring

NODE = "services-1.us-east.local"


@pytest.fixture
def section() -> dict[str, Any]:
    return {
        "bucket": "archive",
        "topics": ["flights", r".*\.flights"],
        "exclude": [],
        "segment": {"max_records": 50_000, "max_bytes": 33_554_432, "max_age_seconds": 10.0},
        "bootstrap": "kafka-1.us-east.local:9092",
        "endpoint": "https://10.213.16.13:7070",
        "access_key": "AK",
        "secret_key": "very-secret",
        "region": "us-east",
        "environment": "local",
    }


@pytest.fixture
def files(tmp_path: Path) -> wiring.Files:
    me = pwd.getpwuid(os.getuid()).pw_name
    return wiring.Files(tmp_path / "archive" / "archiver.json", tmp_path / "archive" / "credentials.json", me)


def test_what_is_written_is_what_the_archiver_reads(section: dict[str, Any], files: wiring.Files) -> None:
    wiring.write(wiring.wanted(section, NODE, files), files)
    read = settings.load(str(files.config))
    assert (read.environment, read.region, read.node) == ("local", "us-east", NODE)
    assert read.topics == ("flights", r".*\.flights")
    assert read.store.endpoint == "https://10.213.16.13:7070"
    assert read.kafka.client()["ssl.certificate.location"] == "/etc/meridian/pki/archive.pem"
    assert settings.credentials(read.store.credentials) == ("AK", "very-secret")


def test_the_secret_is_in_a_file_of_its_own_that_only_the_service_reads(
    section: dict[str, Any], files: wiring.Files
) -> None:
    wiring.write(wiring.wanted(section, NODE, files), files)
    assert stat.S_IMODE(files.credentials.stat().st_mode) == 0o640
    assert "very-secret" not in files.config.read_text()


def test_a_second_look_finds_no_difference(section: dict[str, Any], files: wiring.Files) -> None:
    wanted = wiring.wanted(section, NODE, files)
    wiring.write(wanted, files)
    assert wiring.difference(wiring.current(files), wanted) == {}


def test_a_difference_shows_settings_but_no_secret(section: dict[str, Any], files: wiring.Files) -> None:
    wiring.write(wiring.wanted(section, NODE, files), files)
    section["segment"]["max_age_seconds"] = 60.0
    section["secret_key"] = "another-secret"
    changes = wiring.difference(wiring.current(files), wiring.wanted(section, NODE, files))
    assert set(changes) == {"segment", "credentials"}
    assert changes["segment"]["new"]["max_age_seconds"] == 60.0
    assert "secret" not in json.dumps(changes).replace("(secret)", "")


def test_a_damaged_file_is_replaced(section: dict[str, Any], files: wiring.Files) -> None:
    wanted = wiring.wanted(section, NODE, files)
    wiring.write(wanted, files)
    files.config.write_text("{half")
    assert wiring.difference(wiring.current(files), wanted)
    wiring.write(wanted, files)
    assert not wiring.difference(wiring.current(files), wanted)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bootstrap": None}, f"pillar archive:bootstrap is missing on {NODE}"),
        ({"secret_key": None}, "archive:access_key or archive:secret_key is missing"),
        ({"topics": ["fl("]}, r"archive:topics.*'fl\('"),
        ({"memory_mb": 16}, "archive:segment:max_bytes is 33554432, more than the 16777216"),
    ],
)
def test_a_wrong_pillar_is_refused_with_its_key(
    section: dict[str, Any], files: wiring.Files, change: dict[str, Any], message: str
) -> None:
    section.update(change)
    with pytest.raises(MeridianError, match=message):
        wiring.wanted({key: value for key, value in section.items() if value is not None}, NODE, files)


def test_without_the_user_nothing_is_written(section: dict[str, Any], files: wiring.Files) -> None:
    stranger = wiring.Files(files.config, files.credentials, "no-such-user")
    with pytest.raises(MeridianError, match=r"no user no-such-user; apply archive\.install"):
        wiring.write(wiring.wanted(section, NODE, files), stranger)
    assert not files.config.exists()


def test_an_unknown_key_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "archiver.json"
    file.write_text(json.dumps({"environmint": "local"}))
    with pytest.raises(MeridianError, match=r"archiver\.json: .*environmint"):
        settings.load(str(file))
