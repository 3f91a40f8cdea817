"""
Apps and groups of the Marathon that this node is an instance of.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __opts__: dict[str, Any]


def app(
    name: str, definition: dict[str, Any] | None = None, timeout: float = 300, force: bool = False
) -> dict[str, Any]:
    """
    Have an app run as declared, and healthy. What its definition does not say has Marathon's default, but for
    the number of instances, which stays.

    name
        The app's id.
    definition
        Marathon's own keys, and ``secret_env`` and ``secret_files``, which say where in pillar the value of a
        variable or the content of a file is. Default: the pillar's ``marathon:apps:<name>``.
    timeout
        How many seconds to wait for its deployment.
    force
        Let go of a deployment that holds the app.

    .. code-block:: yaml

        /shop/web:
          marathon.app:
            - definition:
                cmd: exec ./serve $PORT0
                instances: 2
                fetch:
                  - uri: https://files.example.com/shop-1.4.tar.gz
                constraints: [[hostname, UNIQUE]]
                healthChecks:
                  - {protocol: MESOS_HTTP, path: /health}
                upgradeStrategy: {minimumHealthCapacity: 0.5, maximumOverCapacity: 0}
                secret_env: {DB_PASSWORD: shop:db:password}
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        changes = __salt__["marathon.plan_app"](name, definition)
        if __opts__.get("test"):
            return _told(ret, f"app {name}", changes)
        # Without changes too: it waits for what an earlier run left under way.
        changes = __salt__["marathon.app_present"](name, definition, timeout=timeout, force=force)
        left = __salt__["marathon.plan_app"](name, definition) if changes else {}
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    return _done(ret, f"app {name}", changes, left)


def group(
    name: str, definition: dict[str, Any] | None = None, timeout: float = 300, force: bool = False
) -> dict[str, Any]:
    """
    Have a group's apps run as declared, and healthy, each after those that it depends on. Apps that the group
    has beside the declared ones stay, with a warning.

    name
        The group's id.
    definition
        ``apps``, ``groups`` and ``dependencies``; default: the pillar's ``marathon:groups:<name>``.
    timeout
        How many seconds to wait for its deployment.
    force
        Let go of deployments that hold its apps.

    .. code-block:: yaml

        /shop:
          marathon.group:
            - definition:
                apps:
                  - id: db
                    cmd: exec ./db
                  - id: web
                    cmd: exec ./serve
                    dependencies: [/shop/db]
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        changes = __salt__["marathon.plan_group"](name, definition)
        unmanaged = __salt__["marathon.group_unmanaged"](name, definition)
        if unmanaged:
            ret["warnings"] = [
                f"app {one} is not declared: marathon.app_absent {one} confirm={one} takes it away"
                for one in unmanaged
            ]
        if __opts__.get("test"):
            return _told(ret, f"group {name}", changes)
        changes = __salt__["marathon.group_present"](name, definition, timeout=timeout, force=force)
        left = __salt__["marathon.plan_group"](name, definition) if changes else {}
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    return _done(ret, f"group {name}", changes, left)


def app_absent(name: str, confirm: str = "", timeout: float = 300) -> dict[str, Any]:
    """
    Have no such app: its tasks stop and Marathon forgets it.

    name
        The app's id.
    confirm
        The app's id once more; without it nothing is removed and the state fails.
    timeout
        How many seconds its tasks have to end.

    .. code-block:: yaml

        /old:
          marathon.app_absent:
            - confirm: /old
    """
    return _absent("app", name, confirm, timeout)


def group_absent(name: str, confirm: str = "", timeout: float = 300) -> dict[str, Any]:
    """
    Have no such group: all its apps stop and Marathon forgets it.

    name
        The group's id.
    confirm
        The group's id once more; without it nothing is removed and the state fails.
    timeout
        How many seconds the tasks have to end.

    .. code-block:: yaml

        /old-shop:
          marathon.group_absent:
            - confirm: /old-shop
    """
    return _absent("group", name, confirm, timeout)


def ready(name: str, timeout: float = 120) -> dict[str, Any]:
    """
    Succeed when this node's Marathon answers and knows a leader; changes nothing.

    name
        Its URL.
    timeout
        How many seconds to wait for it.

    .. code-block:: yaml

        Marathon:
          marathon.ready:
            - name: https://masters-1.central.local:8443
    """
    ret: dict[str, Any] = {"name": name, "result": True, "changes": {}, "comment": "Marathon has a leader"}
    if __opts__.get("test"):
        return {**ret, "comment": "Marathon would be asked"}
    try:
        __salt__["marathon.ready"](name, timeout)
    except MeridianError as error:
        return {**ret, "result": False, "comment": str(error)}
    return ret


def _absent(kind: str, name: str, confirm: str, timeout: float) -> dict[str, Any]:
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    changes = {name: {"old": "there", "new": None}}
    try:
        if not __salt__["marathon.exists"](name, kind):
            return {**ret, "result": True, "comment": f"there is no {kind} {name}"}
        if confirm.strip("/") != name.strip("/"):
            return {**ret, "comment": f"{kind} {name} is removed only with confirm: {name}"}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": f"{kind} {name} would be removed"}
        __salt__[f"marathon.{kind}_absent"](name, confirm, timeout=timeout)
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    return {**ret, "result": True, "changes": changes, "comment": f"{kind} {name} was removed"}


def _told(ret: dict[str, Any], what: str, changes: dict[str, Any]) -> dict[str, Any]:
    if changes:
        return {**ret, "result": None, "changes": changes, "comment": f"{what} would be changed"}
    return {**ret, "result": True, "comment": f"{what} is as it should be"}


def _done(ret: dict[str, Any], what: str, changes: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    if left:
        comment = f"{what} still differs in {', '.join(sorted(left))}"
        return {**ret, "changes": changes, "comment": comment}
    comment = f"{what} was changed" if changes else f"{what} is as it should be"
    return {**ret, "result": True, "changes": changes, "comment": comment}
