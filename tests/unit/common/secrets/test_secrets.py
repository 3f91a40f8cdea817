"""Credentials: made once, kept private, never replaced unasked."""

import stat
from pathlib import Path

import pytest
from meridian.common import secrets
from meridian.common.errors import MeridianError


def test_credentials_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets" / "local"
    assert secrets.load(folder) == {}
    made = secrets.ensure(folder)
    assert {"objectstore.root", "objectstore.users.archive", "mesos.operator", "marathon.admin"} <= set(made)
    first = secrets.load(folder)
    assert len(set(first["mesos"].values())) == len(first["mesos"])
    assert secrets.ensure(folder) == []
    assert secrets.load(folder) == first
    assert first["objectstore"]["root"] != first["objectstore"]["users"]["archive"]


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets" / "local"
    secrets.ensure(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_a_credential_that_a_user_gave_stays(tmp_path: Path) -> None:
    given = '{"objectstore": {"root": {"access_key": "mine", "secret_key": "own"}}}'
    (tmp_path / "secrets.json").write_text(given)
    made = secrets.ensure(tmp_path)
    assert [name for name in made if name.startswith("objectstore.")] == ["objectstore.users.archive"]
    assert secrets.load(tmp_path)["objectstore"]["root"] == {"access_key": "mine", "secret_key": "own"}


def test_a_damaged_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"objectstore": ')
    with pytest.raises(MeridianError, match=r"secrets\.json: not valid JSON"):
        secrets.ensure(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == '{"objectstore": '
