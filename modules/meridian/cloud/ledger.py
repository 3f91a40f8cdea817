"""What this clone has made at a provider: kept until it is destroyed, so that a run that died can go on.

It remembers what a provider cannot tell: the public key that a machine's minion was given, and, where a
provider has no tags, the tags. An entry is written before the machine is asked for and holds no secret.
"""

import fcntl
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from meridian.common.files import private_folder, write_private

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Entry:
    """One machine.

    :ivar tags: its tags.
    :ivar public_key: PEM of its minion's public key; empty when the machine got none from us.
    :ivar token: names this one attempt, for providers that take an idempotency token.
    :ivar id: the provider's id, empty until it is known.
    :ivar location: the connection's region that it was asked for in, where the provider has several.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    public_key: str = ""
    token: str = ""
    id: str = ""
    location: str = ""


class Ledger:
    """The machines of one provider.

    :param path: its file; written by several processes at once, under a lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Entry]:
        """Return all entries by node id."""
        if not self.path.exists():
            return {}
        return {name: Entry(**entry) for name, entry in json.loads(self.path.read_text("utf-8")).items()}

    def intend(self, name: str, tags: Mapping[str, str], public_key: str, location: str = "") -> Entry:
        """Write down that a machine is about to be made, and return its entry.

        :param name: node id; an entry of an earlier attempt keeps its token.
        """

        def change(entries: dict[str, Entry]) -> Entry:
            old = entries.get(name)
            token = old.token if old else str(uuid.uuid4())
            entries[name] = Entry(dict(tags), public_key, token, location=location)
            return entries[name]

        return self._changed(change)

    def made(self, name: str, identity: str) -> None:
        """Write down the provider's id of a machine."""

        def change(entries: dict[str, Entry]) -> None:
            entries[name] = replace(entries.get(name, Entry()), id=identity)

        self._changed(change)

    def forget(self, name: str) -> None:
        """Remove a machine that is gone."""
        if name in self.read():
            self._changed(lambda entries: entries.pop(name, None))

    def _changed(self, change: Callable[[dict[str, Entry]], _Result]) -> _Result:
        with _locked(self.path):
            entries = self.read()
            result = change(entries)
            write_private(self.path, json.dumps({n: asdict(e) for n, e in sorted(entries.items())}, indent=1))
        return result


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    private_folder(path.parent)
    with path.with_suffix(".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
