"""The state in a file, for trials: one scheduler, on one machine."""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from meridian.common.errors import MeridianError
from meridian.common.files import private_folder, write_private

from kafka_scheduler.storage.base import StorageError, refuse_other

_WAIT_SECONDS = 0.5


class FileStorage:
    """Records in a JSON file; a lock file beside it keeps others away.

    :param name: of the framework.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._records: dict[str, str] = {}
        self._closed = threading.Event()
        self._lock: int | None = None

    def lead(self, hostname: str, lost: Callable[[MeridianError], None]) -> None:
        """Wait for the lock. It cannot be lost."""
        private_folder(self._path.parent)
        handle = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        while not self._closed.is_set():
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                self._closed.wait(_WAIT_SECONDS)
        else:
            os.close(handle)
            raise MeridianError("told to stop before it led")
        self._lock = handle
        os.ftruncate(handle, 0)
        os.pwrite(handle, hostname.encode(), 0)
        self._read()

    def _read(self) -> None:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            raise MeridianError(f"storage: {self._path}: {error}") from error
        refuse_other(str(self._path), stored.get("framework", ""), self._name)
        self._records = dict(stored["records"])

    def leader(self) -> str:
        """Return who wrote itself into the lock file last."""
        try:
            return self._path.with_name(f"{self._path.name}.lock").read_text(encoding="utf-8")
        except OSError:
            return ""

    def load(self) -> dict[str, str]:
        """Return all records."""
        return dict(self._records)

    def save(self, changes: Mapping[str, str | None]) -> None:
        """Write the file anew."""
        merged = {**self._records, **changes}
        records = {key: value for key, value in merged.items() if value is not None}
        try:
            write_private(self._path, json.dumps({"framework": self._name, "records": records}))
        except OSError as error:
            raise StorageError(f"storage: {self._path}: {error.strerror}") from error
        self._records = records

    def close(self) -> None:
        """Give the lock back."""
        self._closed.set()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
