"""A group as declared, with its groups and apps: what would change, and the change.

Marathon replaces what a group has by what it is given. What it has beside the declaration is therefore given
back to it unchanged: nothing is removed by being left out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.marathon import secret_values
from meridian.services.marathon.apps import confirmed, held, intended
from meridian.services.marathon.client import MarathonClient, MarathonError
from meridian.services.marathon.comparison import differences
from meridian.services.marathon.definition import absolute
from meridian.services.marathon.deployment import wait

_KEYS = {"id", "apps", "groups", "dependencies", "enforceRole"}
# What Marathon shows of an app and takes back from nobody.
_SHOWN_ONLY = {
    "version",
    "versionInfo",
    "tasks",
    "deployments",
    "lastTaskFailure",
    "residency",
    "uris",
    "ports",
}


@dataclass(frozen=True)
class GroupPlan:
    """What is to be done for a group to be as declared.

    :ivar changes: by app id, or by group id for dependencies; fit to be shown.
    :ivar definition: what Marathon is to be given; holds secret values.
    :ivar app_ids: declared apps.
    :ivar unmanaged: apps that the group has and the declaration has not; they stay.
    """

    group_id: str
    changes: dict[str, Any]
    definition: dict[str, Any]
    app_ids: tuple[str, ...]
    unmanaged: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"GroupPlan({self.group_id!r}, {self.changes!r})"


def plan(
    client: MarathonClient, name: str, group: Mapping[str, Any], lookup: Callable[[str], Any]
) -> GroupPlan:
    """Compare a group as declared with what Marathon has.

    :param name: its id.
    :param group: ``apps``, ``groups``, ``dependencies``; apps as in
        :func:`meridian.services.marathon.apps.plan`, with an ``id`` that is absolute or in the group.
    :param lookup: returns the secret at a place in pillar.
    :raises MeridianError: when the declaration is wrong; names the app.
    """
    group_id = absolute(name)
    there = client.group(group_id)
    changes: dict[str, Any] = {}
    app_ids: list[str] = []
    definition = _merged(group, group_id, there or {}, lookup, changes, app_ids)
    unmanaged = sorted({app["id"] for app in _apps(there or {})} - set(app_ids))
    return GroupPlan(group_id, changes, definition, tuple(app_ids), tuple(unmanaged))


def apply(client: MarathonClient, todo: GroupPlan, deadline: float = 300, force: bool = False) -> None:
    """Give Marathon the group and wait until it is deployed, dependencies first.

    :param deadline: seconds to wait at most.
    :param force: let go of deployments that hold its apps.
    :raises MeridianError: when Marathon refuses, or an app is not up in time; says why.
    """
    secret = secret_values.values(_apps(todo.definition))
    try:
        if todo.changes:
            wait(client, client.put_group(todo.group_id, todo.definition, force), todo.app_ids, deadline)
    except MarathonError as error:
        if error.status == 409:
            raise MeridianError(held(f"group {todo.group_id}", error)) from None
        raise MeridianError(secret_values.hide(str(error), secret)) from None
    except MeridianError as error:
        raise MeridianError(secret_values.hide(str(error), secret)) from None


def remove(client: MarathonClient, name: str, confirm: str, deadline: float = 300) -> list[str]:
    """Stop all apps of a group and forget it.

    :param confirm: the group's id once more.
    :return: ids of the apps that it had; the group's own when it had none; nothing when there was no group.
    :raises MeridianError: without the id twice, or when tasks do not end in time.
    """
    group_id = absolute(name)
    confirmed("group", group_id, confirm)
    there = client.group(group_id)
    if there is None:
        return []
    apps = sorted(app["id"] for app in _apps(there))
    wait(client, client.delete_group(group_id), apps, deadline)
    return apps or [group_id]


def _merged(
    group: Mapping[str, Any],
    group_id: str,
    there: Mapping[str, Any],
    lookup: Callable[[str], Any],
    changes: dict[str, Any],
    app_ids: list[str],
) -> dict[str, Any]:
    unknown = sorted(set(group) - _KEYS)
    if unknown:
        known = ", ".join(sorted(_KEYS))
        raise MeridianError(f"group {group_id}: unknown {', '.join(unknown)}; known: {known}")
    has_apps = {app["id"]: app for app in there.get("apps") or []}
    has_groups = {one["id"]: one for one in there.get("groups") or []}
    whole: dict[str, Any] = {"id": group_id, "apps": [], "groups": []}
    if "enforceRole" in group:
        whole["enforceRole"] = group["enforceRole"]
    whole["dependencies"] = sorted(group.get("dependencies") or [])
    for app in group.get("apps") or []:
        app_id = absolute(_id_of(app, "app", group_id), group_id)
        definition = intended({**app, "id": app_id}, app_id, has_apps.get(app_id), lookup)
        different = differences(definition, has_apps.pop(app_id, None))
        if different:
            changes[app_id] = different
        app_ids.append(app_id)
        whole["apps"].append(definition)
    for one in group.get("groups") or []:
        inner = absolute(_id_of(one, "group", group_id), group_id)
        whole["groups"].append(_merged(one, inner, has_groups.pop(inner, {}), lookup, changes, app_ids))
    old = sorted(there.get("dependencies") or [])
    if old != whole["dependencies"] or not there:
        entry = {"old": old, "new": whole["dependencies"]}
        changes[group_id] = {"dependencies": entry} if there else {"group": {"new": "made"}}
    whole["apps"] += [_given_back(app) for app in has_apps.values()]
    whole["groups"] += [_group_given_back(one) for one in has_groups.values()]
    return whole


def _id_of(entry: Mapping[str, Any], what: str, group_id: str) -> str:
    if not entry.get("id"):
        raise MeridianError(f"group {group_id}: a declared {what} has no id")
    return str(entry["id"])


def _given_back(app: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in app.items()
        if value is not None and key not in _SHOWN_ONLY and not key.startswith("tasks")
    }


def _group_given_back(group: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": group["id"],
        "apps": [_given_back(app) for app in group.get("apps") or []],
        "groups": [_group_given_back(one) for one in group.get("groups") or []],
        "dependencies": group.get("dependencies") or [],
    }


def _apps(group: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from group.get("apps") or []
    for one in group.get("groups") or []:
        yield from _apps(one)
