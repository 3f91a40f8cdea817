"""The tree of groups: apps by absolute id, groups by theirs; updates as whole new trees."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .definitions import Json, Refused, absolute


@dataclass
class Tree:
    """All that is deployed, or meant to be.

    :ivar apps: definitions by id.
    :ivar groups: ``dependencies`` and ``version`` by id; the root is always there.
    """

    apps: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=lambda: {"/": {}})

    def copy(self) -> "Tree":
        """Return another of the same content."""
        return Tree(dict(self.apps), copy.deepcopy(self.groups))

    def json(self) -> Json:
        """Return it for the store."""
        return {"apps": self.apps, "groups": self.groups}

    def below(self, group_id: str) -> list[str]:
        """Return the ids of all apps of a group, deep."""
        return sorted(one for one in self.apps if inside(one, group_id))

    def put_app(self, app: Json) -> None:
        """Add or replace an app; the groups above it come with it.

        :raises Refused: a group has that id.
        """
        if app["id"] in self.groups:
            raise Refused(409, f"A group with id [{app['id']}] already exists.")
        self.apps[app["id"]] = app
        self._with_parents(parent(app["id"]))

    def remove_group(self, group_id: str) -> None:
        """Remove a group with all in it."""
        self.apps = {key: app for key, app in self.apps.items() if not inside(key, group_id)}
        kept = {key: one for key, one in self.groups.items() if key != group_id and not inside(key, group_id)}
        self.groups = {"/": {}, **kept}

    def put_group(self, body: Mapping[str, Any], group_id: str, version: str) -> list[Json]:
        """Give a group what an update says; apps and groups that it leaves out of its lists are removed.

        :return: definitions of apps to check and to put, with absolute ids.
        """
        self._with_parents(group_id)
        group = self.groups[group_id]
        group["version"] = version
        for key in ("dependencies", "enforceRole"):
            if key in body:
                group[key] = body[key]
        group["dependencies"] = [absolute(one, group_id) for one in group.get("dependencies") or []]
        found: list[Json] = []
        if "apps" in body:
            for app in body["apps"]:
                # Of apps in groups, checks get no port by themselves.
                checks = [{"portIndex": None, **one} for one in app.get("healthChecks") or []]
                found.append({**app, "healthChecks": checks, "id": absolute(app["id"], group_id)})
            kept = {app["id"] for app in found}
            for one in [key for key in self.apps if parent(key) == group_id and key not in kept]:
                del self.apps[one]
        if "groups" in body:
            inner = {absolute(one["id"], group_id): one for one in body["groups"]}
            for one in [key for key in self.groups if key != "/" and parent(key) == group_id]:
                if one not in inner:
                    self.remove_group(one)
            for one, update in inner.items():
                found += self.put_group(update, one, version)
        return found

    def show(self, group_id: str, app: Any) -> Json | None:
        """Return a group as the API does; ``None`` when there is none.

        :param app: returns what is shown of an app, by its id.
        """
        if group_id not in self.groups:
            return None
        group = self.groups[group_id]
        return {
            "id": group_id,
            "apps": [app(key) for key in sorted(self.apps) if parent(key) == group_id],
            "groups": [
                self.show(key, app)
                for key in sorted(self.groups)
                if key not in ("/", group_id) and parent(key) == group_id
            ],
            "dependencies": list(group.get("dependencies") or []),
            "version": group.get("version", "1970-01-01T00:00:00.000Z"),
            "pods": [],
        }

    def levels(self) -> dict[str, int]:
        """Return how long the longest chain of dependencies below each app is.

        :raises Refused: they are circular, or name what is not there.
        """
        needs = {key: set(self._needs(key)) for key in self.apps}
        done: dict[str, int] = {}

        def level(key: str, above: tuple[str, ...]) -> int:
            if key in above:
                chain = " -> ".join([*above[above.index(key) :], key])
                raise Refused(422, f"Object is not valid: Dependency graph has cyclic dependencies: {chain}")
            if key not in done:
                done[key] = 1 + max((level(one, (*above, key)) for one in needs[key]), default=-1)
            return done[key]

        return {key: level(key, ()) for key in self.apps}

    def _needs(self, key: str) -> Iterator[str]:
        wanted = [absolute(one, parent(key)) for one in self.apps[key].get("dependencies") or []]
        for group in _above(key):
            wanted += self.groups.get(group, {}).get("dependencies") or []
        for one in wanted:
            yield from [one] if one in self.apps else self.below(one)

    def _with_parents(self, group_id: str) -> None:
        for one in [group_id, *_above(group_id)]:
            if one in self.apps:
                raise Refused(409, f"An app with id [{one}] already exists.")
            self.groups.setdefault(one, {})


def parent(path_id: str) -> str:
    """Return the id of the group that something is in."""
    return path_id.rpartition("/")[0] or "/"


def inside(path_id: str, group_id: str) -> bool:
    """Tell whether something is in a group, deep."""
    return path_id != group_id and path_id.startswith(group_id.rstrip("/") + "/")


def _above(path_id: str) -> Iterator[str]:
    while path_id != "/":
        path_id = parent(path_id)
        yield path_id
