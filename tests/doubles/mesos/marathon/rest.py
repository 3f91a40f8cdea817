"""Marathon's REST API but for apps: groups, deployments, tasks, queue, info, leader."""

from collections.abc import Mapping
from typing import Any

from ..http import Request, Response
from . import VERSION, planning
from .apps_api import AppsApi, embeds
from .core import Core
from .definitions import Json, Refused, absolute, checked, choose_ports, now, same, versioned
from .queueing import Backoff


class Rest:
    """Answers what the leader is asked."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._apps = AppsApi(core)

    async def answer(self, request: Request) -> Response:
        """Answer a request below ``/v2``."""
        path = request.path.rstrip("/")
        section, _, rest = path.removeprefix("/v2/").partition("/")
        try:
            if section == "apps":
                return await self._apps.answer(request, rest)
            if section == "groups":
                return await self._groups(request, absolute("/" + rest))
            if section == "deployments":
                return await self._deployments(request, rest)
            if section == "tasks":
                return await self._tasks(request, rest)
            if section == "queue":
                return self._queue(request, rest)
        except Refused as refusal:
            return Response.of(refusal.body, refusal.status)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            return Response.of({"message": f"Invalid JSON: {problem!r}"}, 400)
        return Response.of({"message": "HTTP 404 Not Found"}, 404)

    def info(self, leader: str, framework_id: str, elected: bool) -> Json:
        """Return what ``/v2/info`` says; no secret is in it."""
        settings = self._core.settings
        return {
            "name": settings.framework_name,
            "version": VERSION,
            "buildref": "double",
            "elected": elected,
            "leader": leader,
            "frameworkId": framework_id or None,
            "marathon_config": {
                "hostname": settings.hostname,
                "framework_name": settings.framework_name,
                "mesos_user": settings.task_user,
                "ha": True,
                "checkpoint": True,
                "failover_timeout": settings.failover_timeout,
                "task_launch_timeout": settings.launch_timeout * 1000,
                "features": list(settings.features),
            },
            "zookeeper_config": {
                "zk": "zk://xxxxxxxx:xxxxxxxx@" + settings.zk.rpartition("@")[2].removeprefix("zk://")
            },
            "http_config": {"http_port": settings.http_port, "https_port": settings.https_port},
        }

    def metrics(self) -> Json:
        """Return counts, by name."""
        tasks = list(self._core.tasks.values())
        return {
            "marathon.apps.active.gauge": len(self._core.tree.apps),
            "marathon.deployments.active.gauge": len(self._core.deployments),
            "marathon.instances.running.gauge": sum(task.running for task in tasks),
            "marathon.instances.staged.gauge": sum(not task.started for task in tasks),
            "marathon.instances.waiting.gauge": sum(one.count for one in self._core.waiting.values()),
        }

    async def _groups(self, request: Request, group_id: str) -> Response:
        tree, core = self._core.tree, self._core
        if request.method == "GET":
            wanted = embeds(request)
            shown = tree.show(group_id, lambda key: self._apps.show(key, wanted, "group.apps"))
            if shown is None:
                raise Refused(404, f"Group '{group_id}' does not exist")
            return Response.of(shown)
        force = request.query.get("force") == "true"
        changed = tree.copy()
        if request.method == "DELETE":
            if group_id not in tree.groups:
                raise Refused(404, f"Group '{group_id}' does not exist")
            changed.remove_group(group_id)
            plan = await core.deploy(changed, force)
        elif request.method in ("PUT", "POST"):
            body = request.json()
            if request.method == "POST":
                group_id = absolute(str(body.get("id", "")), group_id)
                if group_id in tree.groups:
                    raise Refused(409, f"Group {group_id} is already created. Use PUT to change this group.")
            self._update_group(changed, body, group_id)
            if request.query.get("dryRun") == "true":
                drafted = planning.deployment(tree, changed)
                return Response.of({"steps": drafted.show()["steps"] if drafted else []})
            plan = await core.deploy(changed, force)
        else:
            raise Refused(405, "Method Not Allowed")
        status = 201 if request.method != "DELETE" and group_id not in tree.groups else 200
        return Response.of({"version": now(), "deploymentId": plan.id if plan else ""}, status)

    def _update_group(self, tree: Any, body: Mapping[str, Any], group_id: str) -> None:
        before = self._core.tree.apps
        if "scaleBy" in body:
            for key in tree.below(group_id):
                app = tree.apps[key]
                scaled = round(app["instances"] * float(body["scaleBy"]))
                tree.put_app(versioned({**app, "instances": scaled}, app))
            return
        for given in tree.put_group(body, group_id, now()):
            key = given["id"]
            app = checked(given, key)
            taken = {
                one.get("port") or 0
                for other, found in tree.apps.items()
                if other != key
                for one in found.get("portDefinitions") or []
            }
            choose_ports(app, before.get(key), taken - {0}, self._core.settings.ports)
            known = before.get(key)
            if known is not None and same(app, known):
                tree.put_app(known)
            else:
                tree.put_app(versioned(app, known))
        tree.levels()

    async def _deployments(self, request: Request, rest: str) -> Response:
        core = self._core
        if request.method == "GET":
            return Response.of([one.show() for one in core.deployments])
        plan = next((one for one in core.deployments if one.id == rest), None)
        if plan is None:
            raise Refused(404, f"DeploymentPlan {rest} does not exist")
        if request.query.get("force") == "true":
            core.deployments.remove(plan)
            core.emit("deployment_failed", id=plan.id, reason="cancelled")
            core.dirty("deployments")
            await core.flush()
            return Response(202)
        back = await core.deploy(planning.reverted(core.tree, plan), True)
        if plan in core.deployments:
            core.deployments.remove(plan)
        return Response.of({"version": now(), "deploymentId": back.id if back else ""})

    async def _tasks(self, request: Request, rest: str) -> Response:
        if request.method == "GET" and not rest:
            status = request.query.get("status", request.query.get("status[]", ""))
            tasks = [task for task in self._core.tasks.values() if status in ("", task.state[5:].lower())]
            return Response.of({"tasks": [task.show() for task in tasks]})
        if request.method == "POST" and rest == "delete":
            ids = [str(one) for one in request.json()["ids"]]
            shown = [self._core.tasks[one].show() for one in ids if one in self._core.tasks]
            plan = await self._apps.kill(ids, request.query.get("scale") == "true")
            return Response.of({"deploymentId": plan.id} if plan else {"tasks": shown})
        raise Refused(404, "HTTP 404 Not Found")

    def _queue(self, request: Request, rest: str) -> Response:
        core = self._core
        if request.method == "DELETE" and rest.endswith("delay"):
            core.backoff.pop(absolute("/" + rest.removesuffix("delay").strip("/")), None)
            core.changed.set()
            return Response(204)
        embed = "lastUnusedOffers" in embeds(request)
        shown = [
            waiting.show(core.tree.apps[key], core.backoff.get(key, Backoff()), embed)
            for key, waiting in sorted(core.waiting.items())
            if key in core.tree.apps
        ]
        return Response.of({"queue": shown})
