"""The archiver's files on a node, from its pillar. Standard library only: Salt's own Python runs this."""

import json
import os
import pwd
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.archive import settings
from meridian.services.archive.settings import ArchiverSettings, KafkaAccess, SegmentLimits, StoreAccess

_PKI = "/etc/meridian/pki"
_MODE = 0o640
_SECRET = "(secret)"


@dataclass(frozen=True)
class Files:
    """The files that the service reads.

    :ivar config: JSON, see :class:`meridian.services.archive.settings.ArchiverSettings`.
    :ivar credentials: JSON with ``access_key`` and ``secret_key``, readable by the service only.
    :ivar user: the service's user.
    """

    config: Path = Path(settings.CONFIG_FILE)
    credentials: Path = Path(settings.CREDENTIALS_FILE)
    user: str = "archive"


def wanted(section: Mapping[str, Any], node: str, files: Files) -> dict[str, Any]:
    """Return the contents of both files.

    :param section: the node's pillar ``archive``.
    :param node: the node's id.
    :return: ``{"config": {…}, "credentials": {…}}``; no credentials when the pillar has none.
    :raises MeridianError: when the pillar lacks something, or a topic is no regular expression.
    """
    try:
        keys = {name: section[name] for name in ("access_key", "secret_key") if section.get(name)}
        # A store of the cloud's own tells its region by itself.
        place = {"region_name": section["region_name"]} if section.get("region_name") else {}
        configured = ArchiverSettings(
            environment=section["environment"],
            region=section["region"],
            node=node,
            kafka=KafkaAccess(
                section["bootstrap"], f"{_PKI}/ca.pem", f"{_PKI}/archive.pem", f"{_PKI}/archive.key"
            ),
            store=StoreAccess(
                section["bucket"],
                endpoint=section.get("endpoint", ""),
                ca=f"{_PKI}/ca.pem" if section.get("endpoint") else "",
                credentials=str(files.credentials) if keys else "",
                **place,
            ),
            topics=tuple(section["topics"]),
            exclude=tuple(section.get("exclude", ())),
            segment=SegmentLimits(**section["segment"]),
            memory_bytes=section.get("memory_mb", 64) * 1024 * 1024,
        )
    except KeyError as error:
        raise MeridianError(f"pillar archive:{error.args[0]} is missing on {node}; deploy again") from error
    except TypeError as error:
        raise MeridianError(f"pillar archive:segment on {node}: {error}") from error
    if configured.store.endpoint and len(keys) < 2:
        raise MeridianError(
            f"pillar archive:access_key or archive:secret_key is missing on {node}; deploy again to make them"
        )
    settings.check(configured)
    return {"config": configured.to_dict(), "credentials": keys}


def current(files: Files) -> dict[str, Any]:
    """Return the contents of both files; a missing or damaged one is empty."""
    return {"config": _read(files.config), "credentials": _read(files.credentials)}


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs, by key with ``old`` and ``new``; secrets show only that they do."""
    changes = {
        key: {"old": old["config"].get(key), "new": new["config"].get(key)}
        for key in sorted({*old["config"], *new["config"]})
        if old["config"].get(key) != new["config"].get(key)
    }
    if old["credentials"] != new["credentials"]:
        changes["credentials"] = {"old": _SECRET if old["credentials"] else None, "new": _SECRET}
    return changes


def write(new: Mapping[str, Any], files: Files) -> None:
    """Replace both files, each at once.

    :raises MeridianError: when the service's user does not exist, or a file cannot be written.
    """
    try:
        owner = pwd.getpwnam(files.user)
    except KeyError as error:
        raise MeridianError(f"there is no user {files.user}; apply archive.install first") from error
    files.config.parent.mkdir(parents=True, exist_ok=True)
    _replace(files.credentials, new["credentials"], owner.pw_gid)
    _replace(files.config, new["config"], owner.pw_gid)


def _read(path: Path) -> dict[str, Any]:
    """Return what a file holds; nothing when it may be read or written by others than is meant."""
    try:
        if stat.S_IMODE(path.stat().st_mode) != _MODE:
            return {}
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _replace(path: Path, data: Mapping[str, Any], group: int) -> None:
    """Write a file that the service may read and nobody but root may change."""
    try:
        # mkstemp makes the file readable by its owner only, so a secret is never open to others.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(data, indent=2, sort_keys=True) + "\n")
            os.fchown(handle, 0, group)
            os.fchmod(handle, _MODE)
        Path(name).replace(path)
    except OSError as error:
        raise MeridianError(f"{path}: {error.strerror}") from error
