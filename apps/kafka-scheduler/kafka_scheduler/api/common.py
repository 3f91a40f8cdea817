"""Views of any service as plain data. Pure."""

from collections.abc import Sequence
from typing import Any

from kafka_scheduler.views import PlanView, TaskView, VolumeView


def volumes(views: Sequence[VolumeView]) -> list[dict[str, Any]]:
    """Return an instance's volumes."""
    return [
        given(
            {
                "id": one.id,
                "hostname": one.hostname,
                "agentId": one.agent_id,
                "mb": one.size_mb,
                "path": one.path,
                "lost": one.lost,
            }
        )
        for one in views
    ]


def task(view: TaskView, port: str) -> dict[str, Any]:
    """Return a task.

    :param port: name of the port that clients ask.
    """
    number = view.ports.get(port)
    return given(
        {
            "id": view.id,
            "slaveId": view.agent_id,
            "hostname": view.hostname,
            "state": view.state,
            "endpoint": f"{view.hostname}:{number}" if number else None,
            "ports": dict(view.ports),
            "attributes": dict(view.attributes),
            "started": milliseconds(view.started),
        }
    )


def plan(view: PlanView, noun: str) -> dict[str, Any]:
    """Return a plan.

    :param noun: what an instance is called.
    """
    return {
        "id": view.id,
        "kind": view.kind,
        "status": view.status,
        "phases": [
            {
                "name": phase.name,
                "status": phase.status,
                "steps": [
                    {noun: step.instance, "action": step.action, "status": step.status}
                    | given({"message": step.message})
                    for step in phase.steps
                ],
            }
            for phase in view.phases
        ],
    }


def given(data: dict[str, Any]) -> dict[str, Any]:
    """Return what is set of it."""
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def milliseconds(seconds: float) -> int | None:
    """Return a time of the day as REST has it; ``None`` when it is not known."""
    return int(seconds * 1000) or None
