"""Stands for a cloud provider: a libcloud driver and its adapter, with machines in memory."""

from collections.abc import Mapping
from typing import Any, ClassVar

from libcloud.compute.base import Node, NodeDriver, NodeImage, NodeLocation, NodeSize
from libcloud.compute.types import NodeState
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, UserData


class Driver(NodeDriver):
    """A driver.

    :ivar made: arguments of each create.
    :ivar machines: what there is.
    :ivar failures: raised by the next creates, in order; ``None`` for one that works.
    """

    name = "Memory"
    type = "memory"
    NODE_STATE_MAP: ClassVar[dict[Any, NodeState]] = {}

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.machines: list[Node] = []
        self.failures: list[Exception | None] = []
        self.lost_answers = 0

    def list_sizes(self, location: Any = None) -> list[NodeSize]:
        return [NodeSize("s-1", "small", 1024, 10, 0, 0.0, self)]

    def list_images(self, location: Any = None) -> list[NodeImage]:
        return [NodeImage("i-1", "debian-12", self)]

    def list_locations(self) -> list[NodeLocation]:
        return [NodeLocation("east-1", "east-1", "", self)]

    def list_nodes(self) -> list[Node]:
        return list(self.machines)

    def add(
        self, name: str, tags: Mapping[str, str] | None = None, state: NodeState = NodeState.RUNNING
    ) -> Node:
        identity = f"m-{len(self.machines)}"
        extra = {"tags": dict(tags or {})}
        node = Node(identity, name, state, ["203.0.113.1"], ["10.0.0.1"], self, extra=extra)
        self.machines.append(node)
        return node

    def create_node(self, **arguments: Any) -> Node:  # type: ignore[override]
        self.made.append(arguments)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not self.lost_answers:
            raise failure
        node = self.add(arguments["name"], arguments.get("tags"))
        if failure is not None:
            raise failure
        return node

    def destroy_node(self, node: Node) -> bool:
        self.machines.remove(node)
        return True


class Memory(Adapter):
    """A provider with tags and user-data."""

    title = "Memory"
    user_data = UserData("ex_userdata", 8192, gzip=True)
    tags = "create"
    needs_key = False

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        return {"tags": dict(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        return dict(node.extra["tags"])


class Tagless(Adapter):
    """A provider without tags or user-data, whose names have no dots."""

    title = "Tagless"
    needs_key = False
    dotted_names = False

    def arguments(self, wanted: Request) -> dict[str, Any]:
        return super().arguments(wanted)
