"""Clouds that cannot be used are told before anything is started."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.salt_api import accounts
from meridian.topology import Layers, Source, Topology, expand

from tests.unit.topology.conftest import local, salt_options, shipped  # noqa: F401

CONF = """
one:
  driver: libcloud
  provider: ec2
  arguments: {region: us-east-1}
  key: {env: PILLAR_KEY}
  secret: {file: FOLDER/secret}
two: {driver: libcloud, provider: ec2, arguments: {region: eu-west-1}, key: in-full, secret: in-full}
"""


@pytest.fixture
def opts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, salt_options: dict[str, Any]) -> dict[str, Any]:  # noqa: F811
    folder = tmp_path / "cloud.providers.d"
    folder.mkdir()
    (folder / "some.conf").write_text(CONF.replace("FOLDER", str(tmp_path)))
    (tmp_path / "cloud").touch()
    monkeypatch.delenv("PILLAR_KEY", raising=False)
    return {**salt_options, "conf_file": str(tmp_path / "master")}


def over(layers: Layers, *aliases: str) -> Topology:
    """Return `local`'s three regions at these providers."""
    providers = dict(zip(("us-east", "eu-west", "central"), aliases, strict=True))
    extra = Source("test.sls", {"environment": {"providers": providers}})
    kinds = {"one": "ec2", "two": "ec2", "three": "ec2", "local": "local"}
    return expand(replace(layers, environments=(*layers.environments, extra), providers=kinds), "cloud")


def said(opts: dict[str, Any], topology: Topology) -> str:
    with pytest.raises(MeridianError) as caught:
        accounts.check(opts, topology)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_local_cloud_has_no_account(opts: dict[str, Any], local: Topology) -> None:  # noqa: F811
    accounts.check(opts, local)


def test_all_that_is_missing_is_told_in_one_line(opts: dict[str, Any], shipped: Layers) -> None:  # noqa: F811
    line = said(opts, over(shipped, "one", "two", "three"))
    assert "one: key: the environment variable PILLAR_KEY is not set" in line
    assert "two: key stands there in full" in line
    assert "in-full" not in line
    assert "provider three: cloud.providers.d/ has no usable entry of that name" in line


def test_what_is_there_is_enough(
    opts: dict[str, Any],
    shipped: Layers,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PILLAR_KEY", "key")
    topology = over(shipped, "one", "local", "local")
    assert "secret: " in said(opts, topology)
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "secret").chmod(0o644)
    assert "may be read by others" in said(opts, topology)
    (tmp_path / "secret").chmod(0o600)
    accounts.check(opts, topology)
