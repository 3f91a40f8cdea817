"""Calls to a Mesos master, as data. Pure."""

from collections.abc import Sequence
from typing import Any

from kafka_scheduler.core.state import Call
from kafka_scheduler.core.updates import Status


def _ids(offers: Sequence[str]) -> list[dict[str, str]]:
    return [{"value": one} for one in offers]


def accept(offer: str, operations: Sequence[dict[str, Any]], refuse: float) -> Call:
    """Accept an offer; what is left of it is refused for some seconds."""
    body = {
        "offer_ids": _ids([offer]),
        "operations": list(operations),
        "filters": {"refuse_seconds": refuse},
    }
    return Call("ACCEPT", body)


def decline(offers: Sequence[str], refuse: float) -> Call:
    """Refuse offers for some seconds."""
    return Call("DECLINE", {"offer_ids": _ids(offers), "filters": {"refuse_seconds": refuse}})


def kill(task_id: str, agent_id: str) -> Call:
    """End a task; how patiently is in the task itself."""
    body = {"task_id": {"value": task_id}}
    return Call("KILL", {**body, "agent_id": {"value": agent_id}} if agent_id else body)


def acknowledge(status: Status) -> Call:
    """Tell that an update has been stored."""
    return Call(
        "ACKNOWLEDGE",
        {
            "agent_id": {"value": status.agent_id},
            "task_id": {"value": status.task_id},
            "uuid": status.uuid,
        },
    )


def reconcile(tasks: Sequence[Any]) -> Call:
    """Ask for tasks; for all of the framework when none is named."""
    return Call("RECONCILE", {"tasks": list(tasks)})


def accept_inverse(offers: Sequence[str]) -> Call:
    """Agree to agents being taken for maintenance."""
    return Call("ACCEPT_INVERSE_OFFERS", {"inverse_offer_ids": _ids(offers)})


REVIVE = Call("REVIVE")
SUPPRESS = Call("SUPPRESS")
