"""Nodes that are Mesos tasks: why they have to be restarted, and what their scheduler is asked."""

from collections.abc import Mapping
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch.tasks import Tasks


class Known:
    """A scheduler with two nodes that run, and one that does not."""

    def __init__(self, status: str = "restarted") -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._status = status

    def instances(self) -> list[dict[str, Any]]:
        return [
            {"id": "1", "task": {"hostname": "elastic-2"}, "needsRestart": False},
            {"id": "2", "task": {"hostname": "elastic-1"}, "needsRestart": True},
            {"id": "3", "needsRestart": False},
        ]

    def ask(
        self, path: str, parameters: Mapping[str, str] | None = None, seconds: float = 0.0
    ) -> dict[str, Any]:
        self.asked.append((path, dict(parameters or {})))
        return {"status": self._status, "message": "node 1 is starting: cpus 2 wanted, 1 offered"}


def test_files_and_options_are_reasons() -> None:
    files = {"elastic-1": [], "elastic-2": ["/etc/meridian/elasticsearch/roles.yml"], "elastic-3": []}
    assert Tasks.of(Known()).pending(files) == {
        "elastic-1": ["options of its task"],
        "elastic-2": ["/etc/meridian/elasticsearch/roles.yml"],
        "elastic-3": [],
    }


def test_a_node_is_restarted_by_the_number_that_it_has_there() -> None:
    scheduler = Known()
    Tasks.of(scheduler).restart("elastic-2")
    ((path, given),) = scheduler.asked
    assert (path, given["node"], given["noWaitForGreen"]) == ("/v1/elasticsearch/node/restart", "1", "true")


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ("elastic-3", "no node of Elasticsearch runs there"),
        ("elastic-2", "node 1 on elastic-2 .*cpus 2 wanted"),
    ],
)
def test_why_it_is_not_restarted_is_told(node: str, said: str) -> None:
    with pytest.raises(MeridianError, match=said):
        Tasks.of(Known("timeout")).restart(node)
