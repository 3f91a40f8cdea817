"""What executors and their agent know each other by."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.pki import authority
from meridian.services.mesos.executors import Identity

NOW = datetime.now(UTC)
NAMES = ("127.0.0.1", "10.0.0.7")


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """The certificate of the platform's authority."""
    authority.ensure(tmp_path / "platform", "test", NOW)
    return tmp_path / "platform/ca.pem"


@pytest.fixture
def identity(platform: Path, tmp_path: Path) -> Identity:
    """Of a node that has none yet."""
    return Identity(tmp_path / "node/executors", NAMES, platform)


def believes(authorities: Path, certificate: Path) -> bool:
    command = ["openssl", "verify", "-CAfile", authorities, "-verify_ip", NAMES[1], certificate]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_the_agent_believes_executors_and_the_platform_does_not(identity: Identity, platform: Path) -> None:
    assert identity.wanting() == "new"
    identity.make()
    assert identity.wanting() == ""
    certificate, bundle = identity.folder / "executor.pem", identity.folder / "authorities.pem"
    assert believes(bundle, certificate)
    assert not believes(platform, certificate)
    assert bundle.read_text().startswith(platform.read_text().rstrip())


def test_tasks_may_read_what_their_executors_need_and_no_more(identity: Identity) -> None:
    strict = os.umask(0o077)
    try:
        identity.make()
    finally:
        os.umask(strict)
    assert identity.folder.stat().st_mode & 0o777 == 0o755
    modes = {one.name: one.stat().st_mode & 0o777 for one in identity.folder.iterdir()}
    assert modes == {"executor.pem": 0o644, "executor.key": 0o644, "authorities.pem": 0o644, "own": 0o700}
    assert {one.stat().st_mode & 0o777 for one in (identity.folder / "own").iterdir()} == {0o600}


def test_what_is_good_stays(identity: Identity) -> None:
    identity.make()
    before = {one: one.read_text() for one in identity.folder.rglob("*") if one.is_file()}
    identity.make()
    assert {one: one.read_text() for one in identity.folder.rglob("*") if one.is_file()} == before


def test_a_certificate_near_its_end_is_renewed_and_still_believed(identity: Identity) -> None:
    identity.make(NOW - timedelta(days=1800))
    bundle = (identity.folder / "authorities.pem").read_text()
    assert identity.wanting().startswith("certificate of executors: ")
    identity.make()
    assert identity.wanting() == ""
    # So running executors with the old one are believed as before.
    assert (identity.folder / "authorities.pem").read_text() == bundle


def test_near_the_end_of_the_authority_nothing_is_made_again_and_again(identity: Identity) -> None:
    identity.make(NOW - timedelta(days=3600))
    # From now on it ends with the authority, and no new one would live longer.
    identity.make(NOW)
    assert identity.wanting(NOW) == ""


@pytest.mark.parametrize(
    ("file", "text", "wanting"),
    [
        ("own/secret", "", "the agent's secret is missing"),
        ("authorities.pem", "other", "the authorities that the agent believes changed"),
        ("executor.key", "none", "certificate of executors: unreadable"),
    ],
)
def test_what_was_lost_is_made_again(identity: Identity, file: str, text: str, wanting: str) -> None:
    identity.make()
    (identity.folder / file).write_text(text)
    assert identity.wanting() == wanting
    identity.make()
    assert identity.wanting() == ""


def test_without_the_platforms_authority_it_is_said(identity: Identity, platform: Path) -> None:
    platform.unlink()
    with pytest.raises(MeridianError, match=r"ca\.pem: No such file .*deploying the environment writes it"):
        identity.make()
