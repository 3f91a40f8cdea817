"""The local cloud: containers as machines, see :mod:`meridian.cloud.local_driver`."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.base import Node, NodeDriver

from meridian.cloud import tags as tagging
from meridian.cloud.local_driver import LocalNodeDriver
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request


class Local(Adapter):
    """Containers with labels; all that the driver lists are this platform's."""

    title = "local containers"
    tags = "create"
    needs_key = False
    credentials = "none"

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return our own driver."""
        return LocalNodeDriver

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: our tags beside those of the profile."""
        found = super().arguments(wanted)
        return {**found, "ex_tags": {**wanted.tags, **(wanted.extra.get("ex_tags") or {})}}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the labels as tags."""
        free: Mapping[str, str] = node.extra.get("tags") or {}
        known = {
            tagging.PLATFORM: tagging.OURS,
            tagging.ENVIRONMENT: node.extra.get("environment", ""),
            tagging.REGION: node.extra.get("region", ""),
            tagging.ROLE: str(free.get("roles", "")).replace(",", "+"),
        }
        return {**{key: value for key, value in known.items() if value}, **free}
