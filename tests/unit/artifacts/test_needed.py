"""What an environment's nodes need, and nothing that only others need."""

from pathlib import Path

import pytest
import salt.config
from meridian.artifacts import needed
from meridian.artifacts.store import Store
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


@pytest.mark.parametrize(("environment", "has"), [("local", True), ("aws", False)])
def test_what_only_the_local_cloud_needs(environment: str, has: bool, tmp_path: Path) -> None:
    names = wanted(environment, tmp_path)
    assert ("node-base" in names) is has
    assert len(names) == len(set(names))
