"""Brokers as the core's service, and as users see them. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kafka_scheduler import viewing
from kafka_scheduler.core import stickiness
from kafka_scheduler.core.codec import text
from kafka_scheduler.core.model import Instance, Requirement, Task
from kafka_scheduler.core.resources import Resource
from kafka_scheduler.core.state import State
from kafka_scheduler.kafka import availability, launch, spec
from kafka_scheduler.kafka.availability import Seen
from kafka_scheduler.kafka.launch import LaunchSettings
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.views import BrokerView


class Brokers:
    """What the core has to be told of brokers."""

    def __init__(self, settings: LaunchSettings) -> None:
        self._settings = settings

    def requirement(self, instance: str, spec: Mapping[str, Any]) -> Requirement:
        """Return what a broker needs."""
        return _requirement(text(spec), self._settings)

    def task_info(self, instance: Instance, task: Task, resources: tuple[Resource, ...]) -> Mapping[str, Any]:
        """Return a broker's task."""
        return launch.task_info(
            instance, task, resources, BrokerSpec.from_json(instance.spec), self._settings
        )

    def why_not_stop(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        """Return why a broker must stay up."""
        return availability.why_not_stop(int(instance), seen, instances)

    def why_not_whole(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        """Return what is not well yet after a step."""
        return availability.why_not_whole(int(instance), seen, instances)

    def why_not_without(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        """Return why the data of a broker that is away are still needed."""
        return availability.why_not_without(int(instance), seen)


@lru_cache(maxsize=512)
def _requirement(text: str, settings: LaunchSettings) -> Requirement:
    """Brokers are alike, as a rule: they share what they need."""
    return launch.requirement(_spec(text), settings)


@lru_cache(maxsize=512)
def _spec(said: str) -> BrokerSpec:
    import json

    return BrokerSpec.from_json(json.loads(said))


def view(instance: Instance, state: State, now: float) -> BrokerView:
    """Return a broker as users see it."""
    task, wanted = instance.task, _spec(text(instance.spec))
    host = stickiness.sticky_host(instance, state.agents, now) if task is None else ""
    return BrokerView(
        id=int(instance.id),
        spec=wanted,
        active=instance.active,
        state=viewing.state_of(instance),
        modified=task is not None and bool(spec.modified(_spec(text(task.spec)), wanted)),
        task=viewing.task_view(task) if task is not None else None,
        volumes=viewing.volume_views(instance, state),
        reasons=viewing.reasons(instance, state, now, "broker give-up-volume"),
        host=instance.host,
        sticky_until=instance.ended + instance.requirement.stickiness_period if host else 0.0,
        failures=instance.failures,
        retry_at=instance.retry_at if instance.retry_at > now and task is None else 0.0,
    )
