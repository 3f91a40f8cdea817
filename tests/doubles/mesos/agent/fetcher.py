"""What the fetcher does before a task starts: files by URI into the sandbox, archives unpacked."""

import hashlib
import os
import shutil
import subprocess
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..resources import Json
from .processes import LaunchFailed

_TARS = (".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")


class Fetcher:
    """Fetches, with a cache.

    :param folder: of the cache.
    :param limit: bytes that the cache may hold.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit

    def fetch(self, uri: Json, sandbox: Path, owner: tuple[int, int] | None) -> None:
        """Fetch one URI; runs in a thread.

        :raises LaunchFailed: it can't be had.
        """
        value = str(uri["value"])
        name = uri.get("output_file") or unquote(urlsplit(value).path.rsplit("/", 1)[-1])
        if not name:
            raise LaunchFailed(f"Failed to fetch '{value}': it names no file")
        target = sandbox / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            if uri.get("cache"):
                shutil.copyfile(self._cached(value), target)
            else:
                self._get(value, target, owner)
            if uri.get("executable"):
                target.chmod(0o755)
            elif uri.get("extract", True):
                _extract(target, sandbox)
        except (OSError, ValueError, subprocess.CalledProcessError, zipfile.BadZipFile) as problem:
            raise LaunchFailed(f"Failed to fetch '{value}': {problem}") from problem
        if owner is not None:
            for path in [target, *sandbox.rglob("*")]:
                os.chown(path, *owner, follow_symlinks=False)

    def _cached(self, value: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        held = self._folder / hashlib.sha256(value.encode()).hexdigest()
        if not held.exists():
            self._get(value, draft := held.with_suffix(f".{os.getpid()}"), None)
            draft.replace(held)
            self._trim(held)
        return held

    def _trim(self, keep: Path) -> None:
        files = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime)
        size = sum(path.stat().st_size for path in files)
        for path in files:
            if size > self._limit and path != keep:
                size -= path.stat().st_size
                path.unlink()

    @staticmethod
    def _get(value: str, target: Path, owner: tuple[int, int] | None) -> None:
        if value.startswith(("http://", "https://", "ftp://")):
            with urllib.request.urlopen(value, timeout=60) as answer, target.open("wb") as file:
                shutil.copyfileobj(answer, file)
            return
        source = Path(value.removeprefix("file://"))
        if not source.is_absolute():
            raise ValueError(
                "A relative path was passed for the resource but the agent has no frameworks_home"
            )
        # The real one is the task's user by then, and reads what that user may.
        become: Json = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
        with target.open("wb") as file:
            subprocess.run(["cat", str(source)], check=True, stdout=file, stderr=subprocess.PIPE, **become)
        shutil.copymode(source, target)


def _extract(file: Path, sandbox: Path) -> None:
    if file.name.endswith(_TARS):
        subprocess.run(["tar", "-C", str(sandbox), "-xf", str(file)], check=True, capture_output=True)
    elif file.name.endswith(".zip"):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(sandbox)
    elif file.name.endswith(".gz"):
        with file.with_suffix("").open("wb") as out:
            subprocess.run(["gzip", "-dc", str(file)], check=True, stdout=out)
