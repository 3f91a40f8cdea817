"""The Kafka scheduler: its brokers are where their tasks are."""

from collections.abc import Collection, Iterator
from typing import Any

from meridian.services.discovery.asked import Asked, entries


class Scheduler(Asked):
    """Brokers of a region; a label is the name of a task's port (``internal``, ``external``)."""

    name = "scheduler"
    question = "/api/broker/list"

    @staticmethod
    def places(answer: Any, labels: Collection[str]) -> Iterator[tuple[str, str, object]]:
        """Yield where the ports of each broker are. A broker without a task is nowhere.

        What state a task is in is left to health checks: it may be told late, and they see for themselves.
        """
        for broker in entries(answer, "brokers", "the scheduler"):
            task = broker.get("task") if isinstance(broker, dict) else None
            ports = task.get("ports") if isinstance(task, dict) else None
            if not isinstance(task, dict) or not isinstance(ports, dict) or not task.get("hostname"):
                continue
            for label in labels:
                if ports.get(label):
                    yield label, str(task["hostname"]), ports[label]
