"""From one tree to another: steps of a deployment, and how many tasks of which configuration next. Pure."""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .definitions import Json, Refused, config, now
from .launching import Task
from .tree import Tree


@dataclass
class Deployment:
    """A change under way.

    :ivar before: definitions of the apps that it changes, as they were; ``None`` for one that was not there.
    :ivar after: the same, as they are meant to be.
    :ivar steps: each a list of ``{"action", "app"}`` that go on side by side.
    :ivar current: index of the step under way.
    """

    before: dict[str, Json | None]
    after: dict[str, Json | None]
    steps: list[list[Json]]
    groups: Json = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    version: str = field(default_factory=now)
    current: int = 0
    begun: bool = False

    def json(self) -> Json:
        """Return it for the store."""
        return asdict(self)

    def show(self) -> Json:
        """Return it as the API does."""
        shown = [{"actions": step} for step in self.steps]
        return {
            "id": self.id,
            "version": self.version,
            "affectedApps": sorted(self.after),
            "affectedPods": [],
            "steps": shown,
            "currentActions": [
                {**one, "readinessCheckResults": []}
                for step in self.steps[self.current : self.current + 1]
                for one in step
            ],
            "currentStep": self.current + 1,
            "totalSteps": len(self.steps),
        }


def deployment(old: Tree, new: Tree) -> Deployment | None:
    """Return what leads from one tree to another; ``None`` when no app changes.

    Apps that go are stopped first; then each app after those that it depends on.

    :raises Refused: the new one's dependencies are circular.
    """
    ids = sorted({*old.apps, *new.apps})
    changed = [
        key for key in ids if old.apps.get(key, {}).get("version") != new.apps.get(key, {}).get("version")
    ]
    if not changed:
        return None
    levels = new.levels()
    stopped = [{"action": "StopApplication", "app": key} for key in changed if key not in new.apps]
    steps = [stopped] if stopped else []
    started = [{"action": "StartApplication", "app": key} for key in changed if key not in old.apps]
    if started:
        steps.append(started)
    for level in sorted({levels[key] for key in changed if key in new.apps}):
        actions = []
        for key in (one for one in changed if levels.get(one) == level):
            same = key in old.apps and config(old.apps[key]) == config(new.apps[key])
            restarts = key in old.apps and not same
            actions.append({"action": "RestartApplication" if restarts else "ScaleApplication", "app": key})
        steps.append(actions)
    return Deployment(
        {key: old.apps.get(key) for key in changed},
        {key: new.apps.get(key) for key in changed},
        steps,
        old.groups,
    )


def reverted(tree: Tree, plan: Deployment) -> Tree:
    """Return a tree without what a deployment changes."""
    back = tree.copy()
    for key, app in plan.before.items():
        if app is None:
            back.apps.pop(key, None)
        else:
            back.apps[key] = {**app, "version": now()}
    back.groups = {key: one for key, one in back.groups.items() if key in plan.groups or back.below(key)}
    back.groups.setdefault("/", {})
    return back


def aims(tree: Tree, running: Sequence[Deployment]) -> dict[str, tuple[Json, int]]:
    """Return what each app is to be at this moment: definition and instances, by id.

    An app of a deployment is as before until the deployment has come to it.
    """
    found = {key: (app, int(app["instances"])) for key, app in tree.apps.items()}
    for plan in running:
        for key, after in plan.after.items():
            begun = [
                one["action"]
                for step in plan.steps[: plan.current + (1 if plan.begun else 0)]
                for one in step
                if one["app"] == key
            ]
            before = plan.before[key]
            found.pop(key, None)
            if not begun or begun[-1] == "StopApplication":
                if before is not None:
                    found[key] = (before, 0 if begun else int(before["instances"]))
            elif after is not None:
                found[key] = (after, 0 if begun[-1] == "StartApplication" else int(after["instances"]))
    return found


def locked(running: Sequence[Deployment], plan: Deployment) -> list[Deployment]:
    """Return the running deployments that change an app that this one changes too."""
    return [one for one in running if set(one.after) & set(plan.after)]


def refuse_locked(held: Sequence[Deployment]) -> Refused:
    """Return the refusal that names who holds an app."""
    return Refused(
        409,
        "App is locked by one or more deployments. Override with the option '?force=true'. "
        "View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
        deployments=[{"id": one.id} for one in held],
    )


@dataclass
class Wanted:
    """What is to be done for an app now.

    :ivar launch: tasks to start.
    :ivar kill: tasks to end.
    """

    launch: int = 0
    kill: list[Task] = field(default_factory=list)


def wanted(app: Mapping[str, Any], tasks: Sequence[Task], instances: int) -> Wanted:
    """Return what brings an app nearer to a number of ready tasks of its own configuration.

    While tasks of an older one are there, as many stay ready as the upgrade strategy asks for, and no more
    live than it allows.

    :param tasks: those that have not ended, on agents that can be reached.
    """
    checks = len(app.get("healthChecks") or [])
    new = [task for task in tasks if task.config == config(app) and not task.killed]
    old = [task for task in tasks if task.config != config(app)]
    strategy = app["upgradeStrategy"]
    done = Wanted()
    surplus = len(new) - instances
    if surplus > 0:
        done.kill += _first_to_go(app, new, checks)[:surplus]
    if not old:
        done.launch = max(0, -surplus)
        return done
    least = math.ceil(instances * strategy["minimumHealthCapacity"])
    most = math.floor(instances * (1 + strategy["maximumOverCapacity"]))
    if most <= instances and least >= instances:
        # Neither one more nor one less would never end: Marathon takes one more.
        most = instances + 1
    ready_new = sum(task.ready(checks) for task in new)
    living = [task for task in old if not task.killed]
    ready_old = [task for task in living if task.ready(checks)]
    done.kill += [task for task in living if not task.ready(checks)]
    may_go = len(ready_old) if ready_new >= instances else ready_new + len(ready_old) - least
    done.kill += _first_to_go(app, ready_old, checks)[: max(0, may_go)]
    done.launch = max(0, min(instances - len(new), most - len(tasks)))
    return done


def _first_to_go(app: Mapping[str, Any], tasks: Sequence[Task], checks: int) -> list[Task]:
    youngest_first = app.get("killSelection") != "OLDEST_FIRST"
    in_order = sorted(tasks, key=lambda task: task.staged_at, reverse=youngest_first)
    return sorted(in_order, key=lambda task: task.ready(checks))


def reached(app: Mapping[str, Any], tasks: Sequence[Task], instances: int) -> bool:
    """Tell whether an app is what a deployment makes of it: so many ready tasks, and no other."""
    checks = len(app.get("healthChecks") or [])
    ready = [task for task in tasks if task.config == config(app) and task.ready(checks)]
    return len(ready) == instances == len(tasks)
