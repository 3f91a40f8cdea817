"""The providers and profiles that come with the repository, as Salt reads them."""

from typing import Any

import pytest
import salt.config
from meridian.cloud.account import Account
from meridian.cloud.credentials import SECRET_ARGUMENTS
from meridian.cloud.errors import Refused
from meridian.cloud.ledger import Ledger
from meridian.cloud.providers.table import adapter
from meridian.common import paths

SIZES = ("small", "medium", "large")


@pytest.fixture(scope="module")
def options() -> dict[str, Any]:
    root = paths.repository()
    found = salt.config.cloud_config(str(root / "cloud"), master_config_path=str(root / "master"))
    return dict(found)


@pytest.fixture(scope="module")
def providers(options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {alias: entry["libcloud"] for alias, entry in options["providers"].items()}


def test_at_least_twelve_clouds_come_along(providers: dict[str, dict[str, Any]]) -> None:
    assert len(providers) > 12
    assert {"local", "aws", "gce", "azure", "openstack"} <= set(providers)


def test_each_has_a_profile_for_each_size(options: dict[str, Any], providers: dict[str, Any]) -> None:
    assert set(options["profiles"]) == {f"{alias}-{size}" for alias in providers for size in SIZES}
    for name, profile in options["profiles"].items():
        assert profile["provider"] == f"{name.rpartition('-')[0]}:libcloud"
        assert profile["size"]
        assert profile["image"]


def test_none_holds_a_secret(providers: dict[str, dict[str, Any]]) -> None:
    for alias, config in providers.items():
        for place in ("key", "secret"):
            value = config.get(place)
            assert value is None or set(value) <= {"env", "file", "sdb"}, f"{alias}: {place}"
        for name in SECRET_ARGUMENTS & set(config.get("arguments") or {}):
            assert isinstance(config["arguments"][name], dict), f"{alias}: {name}"


def test_each_is_a_provider_that_its_bootstrap_fits(providers: dict[str, dict[str, Any]]) -> None:
    for alias, config in providers.items():
        takes = adapter(config["provider"]).user_data
        enough = takes is not None and takes.limit > 12 * 1024
        # The local cloud has either.
        other = ("files",) if config["provider"] == "local" else ()
        assert config["bootstrap"] in (*(("userdata",) if enough else ("ssh",)), *other), alias


def test_missing_credentials_are_one_line_that_names_the_variable(
    providers: dict[str, dict[str, Any]], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for alias, config in providers.items():
        if config["provider"] == "local":
            continue
        variable = config["key"]["env"]
        monkeypatch.delenv(variable, raising=False)
        account = Account(alias, config, Ledger(tmp_path / f"{alias}.json"))
        with pytest.raises(Refused, match=f"{alias}: key: the environment variable {variable} is not set"):
            account.machines()


def test_region_that_does_not_exist_is_named(
    providers: dict[str, dict[str, Any]], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meridian.cloud.errors import NotOffered

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    account = Account("aws", providers["aws"], Ledger(tmp_path / "aws.json"))
    with pytest.raises(
        NotOffered, match=r"aws: connect to us-mars-1: not offered: Invalid region: us-mars-1"
    ):
        account.adapter("us-mars-1")
