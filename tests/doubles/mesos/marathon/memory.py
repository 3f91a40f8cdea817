"""What outlives a leader: the tree, tasks, deployments, kept in the store."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from .definitions import Json
from .launching import Task
from .planning import Deployment
from .tree import Tree

_SECTIONS = ("tree", "versions", "tasks", "deployments", "failures")


class Memory:
    """What a leader knows and its successor takes up.

    :ivar tree: what is meant to be.
    :ivar versions: former definitions, by app and version.
    :ivar tasks: those that have not ended, by id.
    :ivar failures: each app's last failed task.
    :ivar changed: set when there is something to do.
    :param save: writes sections to the store.
    """

    def __init__(self, save: Callable[[Mapping[str, Any]], Any]) -> None:
        self.tree = Tree()
        self.versions: dict[str, dict[str, Json]] = {}
        self.tasks: dict[str, Task] = {}
        self.deployments: list[Deployment] = []
        self.failures: dict[str, Json] = {}
        self.changed = asyncio.Event()
        self._save = save
        self._dirty: set[str] = set()
        self._writing = asyncio.Lock()

    def restore(self, held: Mapping[str, Any]) -> None:
        """Take up what a leader before has left in the store."""
        tree = held.get("tree") or {}
        self.tree = Tree(tree.get("apps", {}), tree.get("groups", {"/": {}}))
        self.versions = held.get("versions") or {}
        self.tasks = {one["id"]: Task(**one) for one in held.get("tasks") or []}
        self.deployments = [Deployment(**one) for one in held.get("deployments") or []]
        self.failures = held.get("failures") or {}

    async def flush(self) -> None:
        """Write what has changed to the store; done when it is there, whoever wrote it."""
        async with self._writing:
            dirty, self._dirty = self._dirty, set()
            if dirty:
                content: dict[str, Any] = {
                    "tree": self.tree.json(),
                    "versions": self.versions,
                    "tasks": [task.json() for task in self.tasks.values()],
                    "deployments": [one.json() for one in self.deployments],
                    "failures": self.failures,
                }
                await self._save({key: content[key] for key in _SECTIONS if key in dirty})

    def dirty(self, *sections: str) -> None:
        """Remember that sections are to be written, and that there is something to do."""
        self._dirty |= set(sections)
        self.changed.set()

    def of(self, app_id: str) -> list[Task]:
        """Return the tasks of an app."""
        return [task for task in self.tasks.values() if task.app_id == app_id]
