"""What an environment's nodes need, and nothing that only others need."""

from pathlib import Path

import pytest
import salt.config
from meridian.artifacts import needed
from meridian.artifacts.store import Store
from meridian.common.errors import MeridianError
from meridian.salt_api.pillar_files import load_topology

REPOSITORY = Path(__file__).resolve().parents[3]
OPTIONS = salt.config.minion_config(None)
NAMED_BY_USERS = {"mesos", "marathon"}


def wanted(environment: str, cache: Path) -> list[str]:
    return needed.by(load_topology(OPTIONS, environment), Store(REPOSITORY, cache))


def test_without_mesos_nobody_is_asked_for_it(tmp_path: Path) -> None:
    assert not NAMED_BY_USERS & set(wanted("local", tmp_path))


def test_brokers_on_mesos_need_both(tmp_path: Path) -> None:
    assert set(wanted("local-mesos", tmp_path)) >= NAMED_BY_USERS


def test_what_nobody_has_named_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMED_BY_USERS:
        monkeypatch.delenv(f"MERIDIAN_{name.upper()}_ARTIFACT", raising=False)
    with pytest.raises(MeridianError) as refused:
        needed.refuse_unnamed(load_topology(OPTIONS, "local-mesos"), Store(REPOSITORY, tmp_path))
    for told in ("local-mesos", "MERIDIAN_MESOS_ARTIFACT: not set", "MERIDIAN_MARATHON_ARTIFACT: not set"):
        assert told in str(refused.value)
    assert "docs/mesos.md" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_named_or_not_needed_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(REPOSITORY, tmp_path)
    needed.refuse_unnamed(load_topology(OPTIONS, "local"), store)
    (tmp_path / "some.tar").write_text("")
    monkeypatch.setenv("MERIDIAN_MESOS_ARTIFACT", str(tmp_path / "some.tar"))
    monkeypatch.setenv("MERIDIAN_MARATHON_ARTIFACT", f"https://example.com/m.tgz#sha512={'0' * 128}")
    needed.refuse_unnamed(load_topology(OPTIONS, "local-mesos"), store)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("/no/such/file.tar", "MERIDIAN_MESOS_ARTIFACT: /no/such/file.tar: no such file"),
        ("https://example.com/mesos.tgz", "MERIDIAN_MESOS_ARTIFACT: expected a path, or https://"),
        ("  ", "MERIDIAN_MESOS_ARTIFACT: not set"),
    ],
)
def test_what_cannot_be_had_is_told_at_once(
    given: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERIDIAN_MESOS_ARTIFACT", given)
    monkeypatch.setenv("MERIDIAN_MARATHON_ARTIFACT", f"https://example.com/m.tgz#sha512={'0' * 128}")
    lacking = needed.unnamed(load_topology(OPTIONS, "local-mesos"), Store(REPOSITORY, tmp_path))
    assert set(lacking) == {"mesos"}
    assert lacking["mesos"].startswith(why)


@pytest.mark.parametrize(("environment", "has"), [("local", True), ("aws", False)])
def test_what_only_the_local_cloud_needs(environment: str, has: bool, tmp_path: Path) -> None:
    names = wanted(environment, tmp_path)
    assert ("node-base" in names) is has
    assert len(names) == len(set(names))
