"""Records of the state as text, and back. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kafka_scheduler.core.model import Abandoned, Instance, Release, Task, TaskState, Volume
from kafka_scheduler.core.plans import Phase, Plan, Status, Step
from kafka_scheduler.core.state import Service, State

FRAMEWORK = "framework"
_INSTANCE = "instance/"
_PLAN = "plan/"
_RELEASE = "release/"
_ABANDONED = "abandoned/"
# Said anew by Mesos, or by the spec.
_LEFT_OUT = ("requirement",)


def text(data: Any) -> str:
    """Return JSON in the shortest form."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def instance_record(instance: Instance) -> str:
    """Return the record of an instance."""
    data = {
        name: getattr(instance, name)
        for name in Instance.__dataclass_fields__
        if name not in (*_LEFT_OUT, "task", "volumes")
    }
    data["volumes"] = [asdict(one) for one in instance.volumes]
    if instance.task is not None:
        data["task"] = {
            name: getattr(instance.task, name) for name in Task.__dataclass_fields__ if name != "confirmed"
        }
    return text({name: value for name, value in data.items() if value})


def records(state: State, keys: set[str]) -> dict[str, str | None]:
    """Return the records under some keys; ``None`` for what is no longer there."""
    plans = {one.id: one for one in state.plans}
    found: dict[str, str | None] = {}
    for key in keys:
        kind, _, name = key.partition("/")
        value: str | None = None
        if key == FRAMEWORK:
            value = text({"id": state.framework_id})
        elif kind == "instance" and name in state.instances:
            value = instance_record(state.instances[name])
        elif kind == "plan" and name in plans:
            value = text(asdict(plans[name]))
        elif kind == "release" and name in state.releases:
            value = text(asdict(state.releases[name]))
        elif kind == "abandoned" and name in state.abandoned:
            one = state.abandoned[name]
            value = text({"task_id": one.task_id, "instance": one.instance, "agent_id": one.agent_id})
        found[key] = value
    return found


def load(stored: Mapping[str, str], service: Service) -> State:
    """Return the state that was stored."""
    instances, plans, releases, abandoned, framework_id = {}, [], {}, {}, ""
    for key, value in stored.items():
        data = json.loads(value)
        if key == FRAMEWORK:
            framework_id = data.get("id", "")
        elif key.startswith(_INSTANCE):
            instances[data["id"]] = _instance(data, service)
        elif key.startswith(_PLAN):
            plans.append(_plan(data))
        elif key.startswith(_RELEASE):
            releases[data["volume"]] = Release(**data)
        elif key.startswith(_ABANDONED):
            abandoned[data["task_id"]] = Abandoned(**data)
    plans.sort(key=lambda one: int(one.id.rpartition("-")[2]))
    ordered = dict(sorted(instances.items(), key=lambda one: order(one[0])))
    return State(framework_id, ordered, tuple(plans), releases, abandoned)


def order(instance: str) -> tuple[int, str]:
    """Return what instances are sorted by: numbers as numbers."""
    return (int(instance), "") if instance.isdigit() else (1 << 62, instance)


def _instance(data: dict[str, Any], service: Service) -> Instance:
    task = data.pop("task", None)
    volumes = tuple(Volume(**one) for one in data.pop("volumes", ()))
    if task is not None:
        task = Task(**{"spec": {}, **task, "state": TaskState(task["state"])})
    spec = data.pop("spec", {})
    return Instance(
        **data,
        spec=spec,
        requirement=service.requirement(data["id"], spec),
        task=task,
        volumes=volumes,
    )


def _plan(data: dict[str, Any]) -> Plan:
    phases = tuple(
        Phase(
            one["name"],
            tuple(Step(**{**step, "status": Status(step["status"])}) for step in one["steps"]),
            one["serial"],
        )
        for one in data.pop("phases")
    )
    return Plan(**data, phases=phases)
