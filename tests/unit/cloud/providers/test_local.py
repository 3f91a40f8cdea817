"""Containers go the same way as machines of any cloud."""

import json
from pathlib import Path

import pytest
from meridian.cloud import create, tags
from meridian.cloud.account import Account
from meridian.cloud.ledger import Ledger
from meridian.cloud.local.container import File

from tests.doubles.docker_engine import Engine

NAME = "kafka-1.east.test"
CREATE = {
    "ex_environment": "test",
    "ex_networks": [{"network": "management", "address": "10.230.0.10"}],
    "ex_tags": {"zone": "a", "roles": "kafka,connect"},
    "ex_files": {"/etc/salt/minion": File(b"id: x\n")},
}


@pytest.fixture
def account(engine: Engine, tmp_path: Path) -> Account:
    config = {"provider": "local", "arguments": {"ex_platform": "0badcafe", "ex_client": engine}}
    return Account("local", config, Ledger(tmp_path / "local.json"))


def test_container_is_made_once_listed_with_tags_and_removed(account: Account) -> None:
    order = create.MachineSpec(NAME, "small", "meridian-node", create=CREATE)
    assert create.make(account, order, "PUBLIC", wait=lambda seconds: None).taken is False
    assert create.make(account, order, "OTHER", wait=lambda seconds: None).public_key == "PUBLIC"
    listed = account.listed()
    json.dumps(listed[NAME])
    assert listed[NAME]["tags"][tags.ENVIRONMENT] == "test"
    assert listed[NAME]["tags"][tags.ROLE] == "kafka+connect"
    assert tags.is_ours(listed[NAME]["tags"], "test")
    assert create.destroy(account, NAME) is True
    assert account.listed() == {}


def test_no_credentials_are_asked_for(account: Account) -> None:
    assert account.machines() == []
