import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import salt.config
import salt.loader
from meridian.services.archive import wiring
from meridian.states import meridian_archive as states


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What the loader gives to a state module, in reach of the test."""
    me = pwd.getpwuid(os.getuid()).pw_name
    files = wiring.Files(tmp_path / "archiver.json", tmp_path / "credentials.json", me)
    monkeypatch.setattr(wiring, "Files", lambda: files)
    pillar = {
        "bucket": "archive",
        "topics": ["flights"],
        "segment": {},
        "bootstrap": "kafka-1:9092",
        "endpoint": "https://store:7070",
        "access_key": "AK",
        "secret_key": "very-secret",
        "region": "us-east",
        "environment": "local",
    }
    world = {
        "__opts__": {"test": False},
        "__pillar__": {"archive": pillar},
        "__grains__": {"id": "services-1.us-east.local"},
        "__salt__": {},
    }
    for name, value in world.items():
        monkeypatch.setattr(states, name, value, raising=False)
    return world


def test_configured_writes_once_and_then_finds_nothing_to_do(world: dict[str, Any]) -> None:
    first = states.configured("archiver")
    assert first["result"] is True
    assert first["changes"]["topics"] == {"old": None, "new": ["flights"]}
    assert "very-secret" not in str(first)
    second = states.configured("archiver")
    assert (second["result"], second["changes"]) == (True, {})


def test_configured_in_a_trial_shows_the_same_difference_and_writes_nothing(world: dict[str, Any]) -> None:
    world["__opts__"]["test"] = True
    trial = states.configured("archiver")
    assert trial["result"] is None
    world["__opts__"]["test"] = False
    assert states.configured("archiver")["changes"] == trial["changes"]


def test_configured_reports_a_wrong_pillar_in_one_line(world: dict[str, Any]) -> None:
    del world["__pillar__"]["archive"]["bucket"]
    ret = states.configured("archiver")
    assert ret["result"] is False
    assert ret["comment"].startswith("pillar archive:bucket is missing")


def _bucket(exists: bool) -> Callable[..., dict[str, Any]]:
    there = [exists]

    def bucket(create: bool = False) -> dict[str, Any]:
        there[0] = there[0] or create
        return {"bucket": "archive", "exists": there[0], "created": create}

    return bucket


def test_bucket_present_makes_a_missing_bucket(world: dict[str, Any]) -> None:
    world["__salt__"]["archive.bucket"] = _bucket(exists=False)
    ret = states.bucket_present("archive")
    assert (ret["result"], bool(ret["changes"])) == (True, True)
    again = states.bucket_present("archive")
    assert (again["result"], again["changes"]) == (True, {})


def test_bucket_present_refuses_another_bucket_than_the_configured(world: dict[str, Any]) -> None:
    world["__salt__"]["archive.bucket"] = _bucket(exists=True)
    ret = states.bucket_present("archiv")
    assert ret["result"] is False
    assert ret["comment"] == "the archiver is configured for bucket archive, not archiv"


def test_ready_ends_with_the_archivers_own_words(world: dict[str, Any]) -> None:
    facts = {"state": "retrying", "problems": ["object store x refuses the credentials"], "topics": []}
    world["__salt__"]["archive.service"] = lambda: facts
    ret = states.ready("ready", timeout=0)
    assert ret["result"] is False
    assert "retrying after 0 s: object store x refuses the credentials" in ret["comment"]
    facts.update(state="running", topics=["flights"])
    assert states.ready("ready", timeout=0)["result"] is True


def test_salts_own_archive_functions_stay() -> None:
    opts = salt.config.minion_config(None) | {"file_client": "local"}
    modules = salt.loader.minion_mods(opts, loaded_base_name="archive_test")
    for name in ("archive.status", "archive.verify", "archive.tar", "archive.unzip"):
        assert name in modules
    loaded = salt.loader.states(opts, modules, {}, {}, loaded_base_name="archive_test_states")
    for name in ("archive.configured", "archive.bucket_present", "archive.extracted"):
        assert name in loaded
