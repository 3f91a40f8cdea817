"""The list of artifacts that a deployment uses: what the nodes' pillar is made of."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError


@dataclass(frozen=True)
class Entry:
    """One artifact in the cache.

    :ivar version: its version.
    :ivar sha256: sum of the archive.
    :ivar file: the archive's name in the cache's folder of artifacts.
    """

    version: str
    sha256: str
    file: str

    @property
    def digest(self) -> str:
        """The start of the sum, which names the folder that a node unpacks it into."""
        return self.sha256[:12]


def read(path: Path) -> dict[str, Entry]:
    """Read an index.

    :param path: ``artifacts.json`` of a clone's state folder.
    :raises MeridianError: it is missing or damaged; says to prepare the artifacts.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: Entry(**entry) for name, entry in data.items()}
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise MeridianError(f"{path}: no index of artifacts; run salt-run artifact.prepare") from problem


def write(path: Path, entries: Mapping[str, Entry]) -> bool:
    """Write an index.

    :param path: ``artifacts.json`` of a clone's state folder.
    :param entries: name → artifact.
    :return: whether it changed.
    """
    data = {name: asdict(entries[name]) for name in sorted(entries)}
    try:
        if json.loads(path.read_text(encoding="utf-8")) == data:
            return False
    except (OSError, ValueError):
        pass
    write_json(path, data)
    return True


def write_json(path: Path, data: Any) -> None:
    """Write a JSON file whole or not at all.

    :param path: file; its folder is made.
    :param data: what to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        json.dump(data, file, indent=1)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
