"""
Apps and groups of the Marathon that this node is an instance of.
"""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.node.facts import loops
from meridian.salt_api.renamed import renamed
from meridian.services.marathon import apps, deployment, groups
from meridian.services.marathon.client import MarathonClient, read_credentials

_CREDENTIALS = Path("/etc/meridian/marathon/credentials")
_AUTHORITY = Path("/etc/meridian/pki/ca.pem")
_SERVICE = "meridian-marathon"

if TYPE_CHECKING:
    __pillar__: dict[str, Any]
    __salt__: dict[str, Any]
    __grains__: dict[str, Any]


def plan_app(name: str, definition: dict[str, Any] | None = None) -> dict[str, Any]:
    """
    Return what would change for an app to be as declared; empty when nothing would. Secret values are hidden.

    name
        The app's id, e.g. ``/kafka-scheduler``.
    definition
        Its definition; default: the pillar's ``marathon:apps:<name>``.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.plan_app /kafka-scheduler
    """
    return apps.plan(_client(), name, _declared("apps", name, definition), _secret).changes


def app_present(
    name: str, definition: dict[str, Any] | None = None, timeout: float = 300, force: bool = False
) -> dict[str, Any]:
    """
    Make an app as declared, wait until it runs and is healthy, and return what was changed.

    name
        The app's id.
    definition
        Its definition; default: the pillar's ``marathon:apps:<name>``.
    timeout
        How many seconds to wait for its deployment.
    force
        Let go of a deployment that holds the app.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.app_present /kafka-scheduler
    """
    client = _client()
    todo = apps.plan(client, name, _declared("apps", name, definition), _secret)
    apps.apply(client, todo, timeout, force)
    deployment.wait_healthy(client, [todo.app_id], timeout)
    return todo.changes


def app_absent(name: str, confirm: str = "", timeout: float = 300) -> bool:
    """
    Stop an app and forget it. Returns whether there was one.

    name
        The app's id.
    confirm
        The app's id once more.
    timeout
        How many seconds its tasks have to end.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.app_absent /old confirm=/old
    """
    return apps.remove(_client(), name, confirm, timeout)


def plan_group(name: str, definition: dict[str, Any] | None = None) -> dict[str, Any]:
    """
    Return what would change for a group to be as declared, by app; empty when nothing would.

    name
        The group's id, e.g. ``/shop``.
    definition
        ``apps``, ``groups``, ``dependencies``; default: the pillar's ``marathon:groups:<name>``.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.plan_group /shop
    """
    return groups.plan(_client(), name, _declared("groups", name, definition), _secret).changes


def group_present(
    name: str, definition: dict[str, Any] | None = None, timeout: float = 300, force: bool = False
) -> dict[str, Any]:
    """
    Make a group as declared, wait until its apps run and are healthy, and return what was changed. Apps that
    it has beside the declared ones stay.

    name
        The group's id.
    definition
        Its definition; default: the pillar's ``marathon:groups:<name>``.
    timeout
        How many seconds to wait for its deployment.
    force
        Let go of deployments that hold its apps.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.group_present /shop
    """
    client = _client()
    todo = groups.plan(client, name, _declared("groups", name, definition), _secret)
    groups.apply(client, todo, timeout, force)
    deployment.wait_healthy(client, todo.app_ids, timeout)
    return todo.changes


def group_unmanaged(name: str, definition: dict[str, Any] | None = None) -> list[str]:
    """
    Return apps that a group has and its declaration has not.

    name
        The group's id.
    definition
        Its definition; default: the pillar's ``marathon:groups:<name>``.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.group_unmanaged /shop
    """
    return list(groups.plan(_client(), name, _declared("groups", name, definition), _secret).unmanaged)


group_strangers = renamed("marathon.group_strangers", "marathon.group_unmanaged", group_unmanaged)


def group_absent(name: str, confirm: str = "", timeout: float = 300) -> list[str]:
    """
    Stop all apps of a group and forget it. Returns the ids of what there was.

    name
        The group's id.
    confirm
        The group's id once more.
    timeout
        How many seconds the tasks have to end.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.group_absent /old confirm=/old
    """
    return groups.remove(_client(), name, confirm, timeout)


def exists(name: str, kind: str = "app") -> bool:
    """
    Return whether Marathon has an app or a group.

    name
        Its id.
    kind
        ``app`` or ``group``.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.exists /kafka-scheduler
    """
    client = _client()
    return (client.group(name) if kind == "group" else client.app(name)) is not None


def why(name: str = "") -> dict[str, str]:
    """
    Return why apps are not running whole and healthy: failed tasks, declined offers, failing checks. Healthy
    ones are left out.

    name
        An app's id; all apps when empty.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.why
    """
    client = _client()
    return deployment.explain(client, [name] if name else [app["id"] for app in client.apps()])


def healthy(names: list[str], timeout: float = 300) -> bool:
    """
    Wait until all tasks of apps run and are healthy.

    names
        The apps' ids.
    timeout
        How many seconds to wait at most.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.healthy '[/kafka-scheduler]'
    """
    deployment.wait_healthy(_client(), names, timeout)
    return True


def restart(name: str, timeout: float = 300, force: bool = False) -> bool:
    """
    Replace all tasks of an app as its upgrade strategy says, and wait until that is done.

    name
        The app's id.
    timeout
        How many seconds to wait.
    force
        Let go of a deployment that holds the app.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.restart /kafka-scheduler
    """
    client = _client()
    deployment.wait(client, client.restart_app(name, force), [name], timeout)
    return True


def roll_back(deployment_id: str, timeout: float = 300) -> bool:
    """
    Take back what a running deployment changes, and wait until that is done.

    deployment_id
        The deployment's id.
    timeout
        How many seconds to wait.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.roll_back 867ed450-f6a8-4d33-9b0e-e11c5513990b
    """
    client = _client()
    deployment.wait(client, client.roll_back(deployment_id), [], timeout)
    return True


def status() -> dict[str, Any]:
    """
    Return leader, version, running deployments, and each app's counts with why it is not healthy.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.status
    """
    client = _client()
    info, known = client.info(), client.apps()
    unwell = deployment.explain(client, [app["id"] for app in known])
    return {
        "leader": client.leader(),
        "version": info.get("version", ""),
        "framework": info.get("frameworkId", ""),
        "deployments": [one["id"] for one in client.deployments()],
        "apps": {
            app["id"]: {
                "instances": app.get("instances"),
                "running": app.get("tasksRunning"),
                "healthy": app.get("tasksHealthy"),
                "why": unwell.get(app["id"], ""),
            }
            for app in known
        },
    }


def ready(url: str = "", timeout: float = 120) -> bool:
    """
    Wait until this node's Marathon answers and knows a leader.

    url
        Another instance's URL.
    timeout
        How many seconds to wait at most.

    CLI Example:

    .. code-block:: bash

        salt-call marathon.ready
    """
    client = _client()
    with loops.watched(__grains__["id"], _SERVICE, timeout) if not url else nullcontext():
        deployment.wait_ready(client, url or client.urls[0], timeout)
    return True


def _client() -> MarathonClient:
    settings = __pillar__.get("marathon") or {}
    if not settings.get("servers"):
        raise MeridianError("this node has no Marathon (pillar marathon:servers is empty)")
    own = __pillar__["meridian"]["node"]["id"]
    servers = sorted(settings["servers"], key=lambda server: server != own)
    return MarathonClient(
        [f"https://{server}:{settings['port']}" for server in servers],
        read_credentials(_CREDENTIALS),
        _AUTHORITY,
    )


def _declared(section: str, name: str, definition: dict[str, Any] | None) -> dict[str, Any]:
    known = (__pillar__.get("marathon") or {}).get(section) or {}
    found = known.get(name) if definition is None else definition
    if found is None:
        raise MeridianError(f"no {name} in this node's pillar (marathon:{section}:{name})")
    return dict(found)


def _secret(place: str) -> Any:
    return __salt__["pillar.get"](place)
