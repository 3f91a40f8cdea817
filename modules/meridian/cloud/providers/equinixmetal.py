"""Equinix Metal."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.base import Node, NodeDriver
from libcloud.compute.types import NodeState

from meridian.cloud import tags as tagging
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, UserData
from meridian.common.errors import MeridianError


class EquinixMetal(Adapter):
    """Whole servers; SSH keys are the project's."""

    title = "Equinix Metal"
    user_data = UserData("cloud_init", 64 * 1024)
    tags = "create"
    credentials = "`key` API key, `arguments.project`"

    @classmethod
    def connect(
        cls, provider: str, key: str | None, secret: str | None, arguments: Mapping[str, Any]
    ) -> NodeDriver:
        """Return a driver whose machines know their tags."""
        driver = super().connect(provider, key, secret, arguments)
        plain = driver._to_node  # type: ignore[attr-defined]

        def with_tags(data: Mapping[str, Any]) -> Node:
            # libcloud 3.9.1 leaves them out of what it reads.
            node: Node = plain(data)
            node.extra["tags"] = list(data.get("tags") or ())
            return node

        driver._to_node = with_tags  # type: ignore[attr-defined]
        return driver

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the tags, which libcloud hands on."""
        return {"tags": tagging.to_words(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the tags."""
        return tagging.from_words(node.extra.get("tags"))

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``; the project may stand in the profile."""
        found = super().arguments(wanted)
        project = self._project() or wanted.network.get("project")
        if not project:
            raise MeridianError("cloud.providers.d/: equinixmetal needs arguments: {project: …} (name or id)")
        return {"ex_project_id": project, **found}

    def nodes(self) -> list[Node]:
        """Return the machines of the project, or of all; libcloud's own way needs an older Python."""
        wanted = self._project()
        projects = [wanted] if wanted else [project.id for project in self.conn.projects]
        return [
            node
            for project in projects
            for node in self.conn.ex_list_nodes_for_project(project)
            if node.state != NodeState.TERMINATED
        ]

    def size_of(self, node: Node) -> str:
        """Return the plan."""
        return str(node.extra.get("plan") or "")

    def _project(self) -> str:
        # libcloud learns the id of a project's name when it lists them.
        _ = self.conn.projects
        return str(self.conn.project_id or "")
