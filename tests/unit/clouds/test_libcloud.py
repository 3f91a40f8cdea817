"""The salt-cloud driver, called as Salt calls it, over a provider in memory."""

import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from libcloud.compute.types import NodeState
from meridian.cloud import over_ssh, tags
from meridian.cloud.account import Account
from meridian.cloud.bootstrap import INSTALLER, fingerprint
from meridian.cloud.ledger import Ledger
from meridian.cloud.local.container import File
from meridian.clouds import libcloud as driver
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.salt_api import cloud_settings
from salt.exceptions import SaltCloudSystemExit

from tests.doubles.provider import Driver, Memory

NAME = "kafka-1.us-east.aws"
PEM = "-----BEGIN PUBLIC KEY-----\nQUJD\n-----END PUBLIC KEY-----\n"


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    found = Driver()
    account = Account("memory", {"provider": "dummy"}, Ledger(tmp_path / "memory.json"))
    account.kind = Memory
    account._adapters[""] = Memory(found)
    (tmp_path / "pki/minions").mkdir(parents=True)
    (tmp_path / "pki/master.pub").write_text(PEM)
    opts = {
        "pki_dir": str(tmp_path / "pki"),
        "providers": {"memory": {"libcloud": {"provider": "dummy"}}},
        "profiles": {"memory-small": {}},
        "sock_dir": "",
        "transport": "zeromq",
        "query.selection": ["id", "state"],
    }
    utils = {
        "cloud.filter_event": lambda stage, settings, wanted: {key: settings.get(key) for key in wanted},
    }
    bus = SimpleNamespace(fire_event=lambda told, tag: found.events.append((tag, told)))
    monkeypatch.setattr(found, "events", [], raising=False)
    monkeypatch.setattr("salt.utils.event.get_event", lambda *given, **named: nullcontext(bus))
    monkeypatch.setattr(driver, "__opts__", opts, raising=False)
    monkeypatch.setattr(driver, "__utils__", utils, raising=False)
    monkeypatch.setattr(driver, "__active_provider_name__", "memory:libcloud", raising=False)
    monkeypatch.setattr(cloud_settings, "account", lambda *arguments: account)
    return found


def settings(**more: Any) -> dict[str, Any]:
    found = {
        "name": NAME,
        "provider": "memory:libcloud",
        "driver": "memory:libcloud",
        "profile": "memory-small",
        "size": "small",
        "image": "debian-12",
        "bootstrap": "userdata",
        "minion": {"master": "203.0.113.7"},
        "tags": {tags.PLATFORM: tags.OURS, tags.ENVIRONMENT: "aws"},
        "priv_key": "PRIVATE",
        "pub_key": "PUBLIC",
    }
    return {**found, **more}


def test_machine_boots_with_user_data_and_is_described_with_its_tags(machines: Driver) -> None:
    found = driver.create(settings())
    assert found["tags"][tags.ENVIRONMENT] == "aws"
    assert found["state"] == "RUNNING"
    assert found["taken"] is False
    assert machines.made[0]["ex_userdata"]
    json.dumps(driver.list_nodes_full())
    tags_of_events = [tag for tag, _ in machines.events]  # type: ignore[attr-defined]
    assert tags_of_events == [f"salt/cloud/{NAME}/{s}" for s in ("creating", "requesting", "created")]
    assert "PRIVATE" not in repr(machines.events)  # type: ignore[attr-defined]


def test_taken_machine_has_its_own_key_accepted(machines: Driver, tmp_path: Path) -> None:
    driver.create(settings())
    found = driver.create(settings(pub_key="ANOTHER"))
    assert found["taken"] is True
    assert (tmp_path / "pki/minions" / NAME).read_text() == "PUBLIC"


def test_over_ssh_the_machine_gets_what_user_data_would_write(
    machines: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    brought: list[tuple[over_ssh.Login, dict[str, File]]] = []
    monkeypatch.setattr(over_ssh, "bring", lambda login, files, deadline: brought.append((login, files)))
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    old = cloud_settings.known_hosts(NAME)
    old.parent.mkdir(parents=True)
    old.write_text("of the machine before")
    driver.create(settings(bootstrap="ssh", ssh_username="debian", private_key="~/.ssh/id"))
    [(login, files)] = brought
    assert (login.address, login.user, login.private_key) == ("203.0.113.1", "debian", "~/.ssh/id")
    assert not login.known_hosts.exists()
    assert yaml.safe_load(files["/etc/salt/minion"].data)["master_finger"] == fingerprint(PEM)
    assert files["/etc/salt/pki/minion/minion.pem"].data == b"PRIVATE"
    assert INSTALLER in files


def test_index_without_tls_must_be_meant(machines: Driver) -> None:
    plain = {"index": "http://192.0.2.1:8080/simple"}
    with pytest.raises(MeridianError, match=r"memory: install: index http://192.0.2.1.*insecure: true"):
        driver.create(settings(install=plain))
    driver.create(settings(install={**plain, "insecure": True}))
    assert "--trusted-host 192.0.2.1:8080" in machines.made[-1]["ex_userdata"]


def test_machine_of_another_clone_is_not_taken_over(machines: Driver, tmp_path: Path) -> None:
    machines.add(NAME, settings()["tags"])
    with pytest.raises(MeridianError, match="this clone did not make it"):
        driver.create(settings())
    assert not (tmp_path / "pki/minions" / NAME).exists()


def test_master_may_come_from_the_environment(machines: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MERIDIAN_MASTER", raising=False)
    with pytest.raises(
        MeridianError, match="memory: minion: master: the environment variable MERIDIAN_MASTER"
    ):
        driver.create(settings(minion={"master": {"env": "MERIDIAN_MASTER"}}))
    assert machines.made == []
    monkeypatch.setenv("MERIDIAN_MASTER", "198.51.100.4")
    driver.create(settings(minion={"master": {"env": "MERIDIAN_MASTER"}}))


def test_unknown_bootstrap_is_named(machines: Driver) -> None:
    with pytest.raises(MeridianError, match="memory: bootstrap is 'magic', expected files, userdata, ssh"):
        driver.create(settings(bootstrap="magic"))


def test_actions_find_their_machine_by_name(machines: Driver) -> None:
    machines.add(NAME, {tags.PLATFORM: tags.OURS}, NodeState.RUNNING)
    assert driver.show_instance(NAME, call="action")["id"] == "m-0"
    assert driver.list_nodes_select() == {NAME: {"id": "m-0", "state": "RUNNING"}}
    assert driver.destroy(NAME, call="action") is True
    assert driver.list_nodes() == {}
    with pytest.raises(MeridianError, match="memory has no machine of that name"):
        driver.destroy(NAME, call="action")


def test_offers_are_listed_by_name(machines: Driver) -> None:
    assert set(driver.avail_sizes()) == {"small"}
    assert set(driver.avail_images()) == {"debian-12"}
    assert set(driver.avail_locations()) == {"east-1"}


def test_functions_and_actions_are_not_mixed_up(machines: Driver) -> None:
    with pytest.raises(SaltCloudSystemExit, match="is a function"):
        driver.list_nodes_full(call="action")
    with pytest.raises(SaltCloudSystemExit, match="is an action"):
        driver.stop(NAME, call="function")
    with pytest.raises(MeridianError, match="name the environment="):
        driver.clean_firewalls()


def test_connection_is_shared_within_a_process_and_asks_for_no_credentials() -> None:
    config = {"provider": "ec2", "key": {"env": "NOT_SET"}, "arguments": {"region": "us-east-1"}}
    first = cloud_settings.account({}, "aws", config)
    assert cloud_settings.account({}, "aws", config) is first
    assert cloud_settings.account({}, "aws", {**config, "arguments": {"region": "eu-west-1"}}) is not first
