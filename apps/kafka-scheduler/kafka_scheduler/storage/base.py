"""What a storage does."""

from collections.abc import Callable, Mapping
from typing import Protocol

from meridian.common.errors import MeridianError


class StorageError(MeridianError):
    """The state cannot be stored: whoever gets this must not go on as if it were."""


class Storage(Protocol):
    """Keeps records, text under keys such as ``instance/0``, for one framework."""

    def lead(self, hostname: str, lost: Callable[[MeridianError], None]) -> None:
        """Wait until no other scheduler leads, and lead.

        :param hostname: told to the others.
        :param lost: called once, from any thread, when we lead no more or must fear so.
        :raises MeridianError: the records are of a framework of another name.
        """

    def leader(self) -> str:
        """Return who leads; empty when nobody does."""

    def load(self) -> dict[str, str]:
        """Return all records."""

    def save(self, changes: Mapping[str, str | None]) -> None:
        """Store records, all or none; ``None`` removes one.

        :raises StorageError: they are not stored, or nobody knows.
        """

    def close(self) -> None:
        """Leave; another scheduler may lead at once."""


def refuse_other(where: str, stored: str, name: str) -> None:
    """Refuse records of another framework.

    :raises MeridianError: they are.
    """
    if stored != name:
        raise MeridianError(
            f"{where} holds the state of framework {stored!r}, this one is {name!r}: "
            "give it a place of its own by --storage, or the same --framework-name"
        )
