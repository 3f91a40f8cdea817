"""``/v2/apps``: what the API does with apps."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..http import Request, Response
from .core import Core
from .definitions import Json, Refused, absolute, checked, choose_ports, same, versioned
from .planning import Deployment
from .tree import Tree

_DEEP = ("restart", "tasks", "versions")
_SELECTOR = re.compile(r"([\w.-]+)\s*(==|!=|notin\b|in\b|)\s*(\([^)]*\)|[^,]*)")


class AppsApi:
    """Answers requests about apps and their tasks; the edge between HTTP and the core."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def answer(self, request: Request, rest: str) -> Response:
        """Answer a request.

        :param rest: its path below ``/v2/apps``.
        """
        force = request.query.get("force") == "true"
        partial = request.query.get("partialUpdate", "true") == "true" or request.method == "PATCH"
        if not rest.strip("/"):
            return await self._all(request, force, partial)
        app_id, verb, last = _split(rest)
        if verb == "versions":
            return self._versions(app_id, last)
        if verb == "tasks":
            return await self._tasks(request, app_id, last)
        if verb == "restart" and request.method == "POST":
            app = self._there(app_id)
            tree = self._core.tree.copy()
            tree.put_app(versioned({**app}, app, restart=True))
            return _deployed(await self._core.deploy(tree, force), tree.apps[app_id]["version"])
        if request.method == "GET":
            return Response.of({"app": self.show(app_id, embeds(request), "app")})
        if request.method == "DELETE":
            self._there(app_id)
            tree = self._core.tree.copy()
            del tree.apps[app_id]
            # As the real one: an app may always be deleted, whoever holds it.
            plan = await self._core.deploy(tree, request.query.get("force", "true") == "true")
            return _deployed(plan)
        if request.method in ("PUT", "PATCH"):
            known = app_id in self._core.tree.apps
            tree = self._core.tree.copy()
            app = self.put(tree, request.json(), app_id, partial)
            plan = await self._core.deploy(tree, force)
            return _deployed(plan, app["version"], 200 if known else 201)
        raise Refused(405, "Method Not Allowed")

    def show(self, app_id: str, wanted: set[str], prefix: str) -> Json:
        """Return an app as the API does.

        :param wanted: what is embedded.
        :param prefix: ``app``, ``apps`` or ``group.apps``.
        """
        app = self._there(app_id)
        tasks = self._core.of(app_id)
        checks = len(app.get("healthChecks") or [])
        done = {**app}
        if wanted & {f"{prefix}.counts"}:
            alive = [task for task in tasks if task.running]
            done |= {
                "tasksStaged": sum(task.state in ("TASK_STAGING", "TASK_STARTING") for task in tasks),
                "tasksRunning": len(alive),
                "tasksHealthy": sum(task.ready(checks) for task in alive) if checks else 0,
                "tasksUnhealthy": sum(
                    any(one.get("alive") is False for one in task.health) for task in alive
                ),
            }
        if f"{prefix}.deployments" in wanted:
            done["deployments"] = [{"id": one.id} for one in self._core.deployments if app_id in one.after]
        if f"{prefix}.tasks" in wanted:
            done["tasks"] = [task.show() for task in tasks]
        if f"{prefix}.lastTaskFailure" in wanted and app_id in self._core.failures:
            done["lastTaskFailure"] = self._core.failures[app_id]
        return done

    def put(self, tree: Tree, body: Mapping[str, Any], app_id: str, partial: bool) -> Json:
        """Put an app into a tree, by what was asked for.

        :raises Refused: it is not valid.
        """
        if not isinstance(body, Mapping):
            raise Refused(400, "Invalid JSON")
        if absolute(body.get("id", app_id)) != app_id:
            raise Refused(
                422, "Object is not valid", details=[{"path": "/id", "errors": ["error.id.changed"]}]
            )
        before = self._core.tree.apps.get(app_id)
        if "version" in body and len(set(body) - {"id"}) == 1:
            body = self._version(app_id, str(body["version"]))
        app = checked({**(before or {}), **body} if partial else body, app_id)
        taken = {
            one.get("port") or 0
            for key, other in tree.apps.items()
            if key != app_id
            for one in other.get("portDefinitions") or []
        }
        choose_ports(app, before, taken - {0}, self._core.settings.ports)
        app = before if before is not None and same(app, before) else versioned(app, before)
        tree.put_app(app)
        return app

    async def kill(self, tasks: list[str], scale: bool, wipe: bool = False) -> Deployment | None:
        """End tasks; Marathon starts others in their place, but when it is told to scale down."""
        chosen = [self._core.tasks[one] for one in tasks if one in self._core.tasks]
        for task in chosen:
            self._core.kill(task)
        if not scale:
            return None
        tree = self._core.tree.copy()
        for key in {task.app_id for task in chosen}:
            app = tree.apps[key]
            fewer = sum(task.app_id == key for task in chosen)
            tree.put_app(versioned({**app, "instances": max(0, app["instances"] - fewer)}, app))
        return await self._core.deploy(tree, True)

    async def _all(self, request: Request, force: bool, partial: bool) -> Response:
        if request.method == "GET":
            wanted = embeds(request)
            query = request.query
            found = [
                self.show(key, wanted, "apps")
                for key, app in sorted(self._core.tree.apps.items())
                if query.get("id", "") in key
                and query.get("cmd", "") in (app.get("cmd") or "")
                and labelled(app.get("labels") or {}, query.get("label", ""))
            ]
            return Response.of({"apps": found})
        tree = self._core.tree.copy()
        if request.method == "POST":
            body = request.json()
            app_id = absolute(str(body.get("id") or ""))
            if app_id in tree.apps:
                raise Refused(409, f"An app with id [{app_id}] already exists.")
            app = self.put(tree, body, app_id, False)
            plan = await self._core.deploy(tree, force)
            return Response.of({**app, "deployments": [{"id": plan.id}] if plan else []}, 201)
        for body in request.json():
            self.put(tree, body, absolute(str(body.get("id") or "")), partial)
        return _deployed(await self._core.deploy(tree, force))

    def _versions(self, app_id: str, version: str) -> Response:
        self._there(app_id)
        if version:
            return Response.of(self._version(app_id, version))
        return Response.of({"versions": sorted(self._core.versions.get(app_id, {}), reverse=True)})

    def _version(self, app_id: str, version: str) -> Json:
        found = self._core.versions.get(app_id, {}).get(version)
        if found is None:
            raise Refused(404, f"App '{app_id}' does not exist in version {version}")
        return found

    async def _tasks(self, request: Request, app_id: str, task_id: str) -> Response:
        self._there(app_id)
        tasks = self._core.of(app_id)
        if request.method == "GET":
            return Response.of({"tasks": [task.show() for task in tasks]})
        if request.method != "DELETE":
            raise Refused(405, "Method Not Allowed")
        host = request.query.get("host", "*")
        chosen = [
            task.id for task in tasks if task_id in ("", task.id) and (host in ("*", task.host) or task_id)
        ]
        if task_id and not chosen:
            raise Refused(404, f"Task '{task_id}' does not exist")
        shown = [task.show() for task in tasks if task.id in chosen]
        plan = await self.kill(chosen, request.query.get("scale") == "true")
        if plan is not None:
            return _deployed(plan)
        return Response.of({"task": shown[0]} if task_id else {"tasks": shown})

    def _there(self, app_id: str) -> Json:
        if app_id not in self._core.tree.apps:
            raise Refused(404, f"App '{app_id}' does not exist")
        return self._core.tree.apps[app_id]


def embeds(request: Request) -> set[str]:
    """Return all that a request wants embedded."""
    return set(parse_qs(urlsplit(request.target).query).get("embed", []))


def labelled(labels: Mapping[str, str], selector: str) -> bool:
    """Tell whether labels fit a selector of Marathon's: ``a, b==1, c!=2, d in (3, 4), e notin (5)``."""
    for name, operator, value in _SELECTOR.findall(selector):
        have = labels.get(name)
        many = [one.strip() for one in value.strip("() ").split(",")]
        fits = {
            "": have is not None,
            "==": have == value.strip(),
            "!=": have is not None and have != value.strip(),
            "in": have in many,
            "notin": have is not None and have not in many,
        }
        if not fits[operator]:
            return False
    return True


def _split(rest: str) -> tuple[str, str, str]:
    """Return an app's id, what of it is meant, and which one of those."""
    parts = rest.strip("/").split("/")
    for index, part in enumerate(parts):
        if index and part in _DEEP and len(parts) - index <= 2:
            return absolute("/" + "/".join(parts[:index])), part, "/".join(parts[index + 1 :])
    return absolute("/" + "/".join(parts)), "", ""


def _deployed(plan: Deployment | None, version: str = "", status: int = 200) -> Response:
    if plan is None:
        return Response.of({"version": version, "deploymentId": ""}, status)
    return Response.of({"version": plan.version, "deploymentId": plan.id}, status)
