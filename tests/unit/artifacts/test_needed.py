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
    for told in ("local-mesos", "MERIDIAN_MESOS_ARTIFACT is not set", "MERIDIAN_MARATHON_ARTIFACT"):
        assert told in str(refused.value)
    assert "docs/mesos.md" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_named_or_not_needed_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(REPOSITORY, tmp_path)
    needed.refuse_unnamed(load_topology(OPTIONS, "local"), store)
    for name in NAMED_BY_USERS:
        monkeypatch.setenv(f"MERIDIAN_{name.upper()}_ARTIFACT", "/somewhere.tar")
    needed.refuse_unnamed(load_topology(OPTIONS, "local-mesos"), store)


@pytest.mark.parametrize(("environment", "has"), [("local", True), ("aws", False)])
def test_what_only_the_local_cloud_needs(environment: str, has: bool, tmp_path: Path) -> None:
    names = wanted(environment, tmp_path)
    assert ("node-base" in names) is has
    assert len(names) == len(set(names))
