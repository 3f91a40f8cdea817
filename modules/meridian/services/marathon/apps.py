"""An app as declared: what would change, and the change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.marathon import secret_values
from meridian.services.marathon.client import MarathonClient, MarathonError
from meridian.services.marathon.comparison import differences
from meridian.services.marathon.definition import absolute, declared
from meridian.services.marathon.deployment import wait


@dataclass(frozen=True)
class AppPlan:
    """What is to be done for an app to be as declared.

    :ivar app_id: absolute id.
    :ivar changes: what differs, fit to be shown; empty when nothing is to be done.
    :ivar definition: what Marathon is to be given; holds secret values, never to be shown.
    :ivar held_by: running deployments that change the app already.
    """

    app_id: str
    changes: dict[str, Any]
    definition: dict[str, Any]
    held_by: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"AppPlan({self.app_id!r}, {self.changes!r})"


def intended(
    app: Mapping[str, Any],
    app_id: str,
    there: Mapping[str, Any] | None,
    lookup: Callable[[str], Any],
) -> dict[str, Any]:
    """Return the definition that Marathon is to have.

    :param app: the app as declared.
    :param there: the app as Marathon has it.
    :param lookup: returns the secret at a place in pillar.
    :raises MeridianError: when Marathon would refuse the declaration, or a secret is missing.
    """
    whole = secret_values.put_in(declared(app, app_id), lookup)
    if there is not None:
        # Who has scaled an app whose declaration leaves that open has not done wrong.
        whole.setdefault("instances", there.get("instances", 1))
    return whole


def plan(client: MarathonClient, name: str, app: Mapping[str, Any], lookup: Callable[[str], Any]) -> AppPlan:
    """Compare an app as declared with what Marathon has.

    :param name: its id.
    :param app: its definition, see :func:`intended`.
    :raises MeridianError: see :func:`intended`.
    """
    app_id = absolute(name)
    there = client.app(app_id)
    definition = intended(app, app_id, there, lookup)
    held_by = tuple(one["id"] for one in (there or {}).get("deployments") or [])
    return AppPlan(app_id, differences(definition, there), definition, held_by)


def apply(client: MarathonClient, todo: AppPlan, deadline: float = 300, force: bool = False) -> None:
    """Give Marathon the app and wait until it is deployed.

    With nothing to change, a deployment that is still under way is waited for all the same: the app of an
    earlier run that was cut short.

    :param deadline: seconds to wait at most.
    :param force: let go of a deployment that holds the app.
    :raises MeridianError: when Marathon refuses, or the app is not up in time; says why.
    """
    secret = secret_values.values([todo.definition])
    try:
        deployments = _given(client, todo, force) if todo.changes else todo.held_by
        for deployment in deployments:
            wait(client, deployment, [todo.app_id], deadline)
    except MeridianError as error:
        raise MeridianError(secret_values.hide(str(error), secret)) from None


def _given(client: MarathonClient, todo: AppPlan, force: bool) -> tuple[str, ...]:
    """Give Marathon the app; return the deployments that are under way for it."""
    try:
        deployment = client.put_app(todo.app_id, todo.definition, force)
    except MarathonError as error:
        if error.status != 409:
            raise
        there = client.app(todo.app_id)
        if there is None or differences(todo.definition, there):
            raise MeridianError(held(f"app {todo.app_id}", error)) from None
        deployment = ""
    if deployment:
        return (deployment,)
    # It was given before, by a request whose answer came too late.
    there = client.app(todo.app_id) or {}
    return tuple(one["id"] for one in there.get("deployments") or [])


def remove(client: MarathonClient, name: str, confirm: str, deadline: float = 300) -> bool:
    """Stop an app and forget it.

    :param confirm: the app's id once more.
    :return: whether there was one.
    :raises MeridianError: without the id twice, or when its tasks do not end in time.
    """
    app_id = absolute(name)
    confirmed("app", app_id, confirm)
    if client.app(app_id) is None:
        return False
    try:
        wait(client, client.delete_app(app_id), [app_id], deadline)
    except MarathonError as error:
        # Asked again because the first answer came too late.
        if error.status != 404:
            raise
    return True


def confirmed(what: str, path_id: str, confirm: str) -> None:
    """Raise unless an id was given twice.

    :raises MeridianError: says how.
    """
    if f"/{confirm.strip('/')}" != path_id:
        raise MeridianError(
            f"{what} {path_id} is removed only when its name is given twice: confirm={path_id}"
        )


def held(what: str, error: MarathonError) -> str:
    """Return what to do about an app or group that running deployments hold."""
    others = ", ".join(error.deployments) or "another deployment"
    return (
        f"{what} is being changed by {others}; wait for it, marathon.roll_back it, or apply with force: true"
    )
