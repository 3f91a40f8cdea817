"""What was known last, in a file: clients go on while nobody can be asked."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from meridian.services.discovery.model import DiscoveryError, Endpoint, Wanted


def load(path: Path) -> dict[str, list[Endpoint]]:
    """Return what was known; nothing when there is no file.

    :raises DiscoveryError: the file is damaged; it may be removed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        return {
            str(backend): [Endpoint(address, port) for address, port in endpoints]
            for backend, endpoints in json.loads(text).items()
        }
    except (ValueError, TypeError, AttributeError, DiscoveryError) as error:
        raise DiscoveryError(f"{path} is damaged ({error}); it is written anew") from error


def save(path: Path, known: Wanted) -> None:
    """Write what is known, whole or not at all.

    :raises DiscoveryError: the file cannot be written.
    """
    plain: Mapping[str, Sequence[tuple[str, int]]] = {
        backend: [(one.address, one.port) for one in endpoints] for backend, endpoints in known.items()
    }
    write(path, json.dumps(plain, indent=1, sort_keys=True) + "\n")


def write(path: Path, text: str) -> None:
    """Replace a file; a reader sees the old one or the new one, never half of one.

    :raises DiscoveryError: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DiscoveryError(f"{path} cannot be written: {error.strerror}") from error
