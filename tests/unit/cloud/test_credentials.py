from pathlib import Path

import pytest
from meridian.cloud.credentials import arguments, resolve
from meridian.cloud.errors import Refused

WHERE = "cloud.providers.d/: aws: key"


def test_reference_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOF", "value")
    assert resolve({"env": "PROOF"}, WHERE) == "value"


def test_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROOF", raising=False)
    with pytest.raises(
        Refused, match=r"cloud\.providers\.d/: aws: key: the environment variable PROOF is not set"
    ):
        resolve({"env": "PROOF"}, WHERE)


def test_file_is_read_when_only_its_owner_may(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("value\n")
    file.chmod(0o600)
    assert resolve({"file": str(file)}, WHERE) == "value"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text("value")
    file.chmod(mode)
    with pytest.raises(Refused, match=r"key: .*/key may be read by others \(mode 06.*\): chmod 600 it"):
        resolve({"file": str(file)}, WHERE)


def test_file_that_is_missing_or_empty_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read: No such file"):
        resolve({"file": str(tmp_path / "none")}, WHERE)
    empty = tmp_path / "empty"
    empty.touch(0o600)
    with pytest.raises(Refused, match="is empty"):
        resolve({"file": str(empty)}, WHERE)


def test_reference_to_sdb_goes_to_salt() -> None:
    assert resolve({"sdb": "vault/key"}, WHERE, {"sdb://vault/key": "value"}.get) == "value"
    with pytest.raises(Refused, match="sdb has nothing under vault/other"):
        resolve({"sdb": "vault/other"}, WHERE, {}.get)


@pytest.mark.parametrize("inline", ["AKIA123", {"env": "A", "file": "B"}, {"value": "AKIA123"}, 7])
def test_secret_in_full_is_refused_without_being_repeated(inline: object) -> None:
    with pytest.raises(Refused, match=r"may only be referred to") as raised:
        resolve(inline, WHERE)
    assert "AKIA123" not in str(raised.value)


def test_nothing_where_something_is_needed() -> None:
    with pytest.raises(Refused, match="is not set"):
        resolve(None, WHERE)
    assert resolve("", WHERE, needed=False) is None


def test_arguments_may_refer_and_secret_ones_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOF", "value")
    found, secrets = arguments({"region": "r", "tenant_id": {"env": "PROOF"}, "secure": False}, "aws")
    assert found == {"region": "r", "tenant_id": "value", "secure": False}
    assert secrets == ["value"]
    with pytest.raises(Refused, match="aws: arguments: token stands there in full"):
        arguments({"token": "inline"}, "aws")
