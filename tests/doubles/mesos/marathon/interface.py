"""What Marathon asks of Mesos; real, or in memory."""

from typing import Protocol

from .definitions import Json


class Mesos(Protocol):
    """What the core asks of Mesos; asked while not connected, it does nothing."""

    def accept(self, offer: Json, tasks: list[Json]) -> None:
        """Launch tasks."""

    def decline(self, offer: Json, seconds: float) -> None:
        """Give an offer back."""

    def kill(self, task_id: str, agent_id: str) -> None:
        """End a task."""

    def revive(self) -> None:
        """Ask for offers."""

    def suppress(self) -> None:
        """Ask for no offers."""
