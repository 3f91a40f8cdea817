"""The state in a file."""

from pathlib import Path

import pytest
from kafka_scheduler.storage.file import FileStorage
from kafka_scheduler.storage.open import open_storage
from meridian.common.errors import MeridianError


def opened(path: Path, name: str = "kafka") -> FileStorage:
    storage = FileStorage(path, name)
    storage.lead("here", lambda error: None)
    return storage


def test_records_are_there_after_a_restart(tmp_path: Path) -> None:
    storage = opened(tmp_path / "state.json")
    storage.save({"instance/0": "a", "instance/1": "b"})
    storage.save({"instance/1": None, "framework": "f"})
    storage.close()
    again = opened(tmp_path / "state.json")
    assert again.load() == {"instance/0": "a", "framework": "f"}
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0
    again.close()


def test_another_framework_is_refused(tmp_path: Path) -> None:
    storage = opened(tmp_path / "state.json")
    storage.save({"framework": "f"})
    storage.close()
    with pytest.raises(MeridianError, match="holds the state of framework 'kafka', this one is 'other'"):
        opened(tmp_path / "state.json", "other")


@pytest.mark.parametrize(
    ("text", "zk", "said"),
    [("zk:/kafka", "", "name the ensemble by --zk"), ("s3:bucket", "", "expected file:")],
)
def test_what_is_no_storage_is_refused(text: str, zk: str, said: str) -> None:
    with pytest.raises(MeridianError, match=said):
        open_storage(text, zk, "kafka")
