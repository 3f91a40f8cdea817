"""The local cloud: containers as machines, see :mod:`meridian.cloud.local.driver`."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.base import Node, NodeDriver

from meridian.cloud import tags as tagging
from meridian.cloud.local.driver import LocalNodeDriver
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, UserData


class Local(Adapter):
    """Containers with labels; all that the driver lists are this platform's."""

    title = "local containers"
    # As much as EC2, so that what starts here starts there.
    user_data = UserData("ex_userdata", 16 * 1024, gzip=True)
    tags = "create"
    needs_key = False
    credentials = "none"

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return our own driver."""
        return LocalNodeDriver

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: our tags beside those of the profile, the key's text."""
        found = super().arguments(wanted)
        if wanted.ssh_public_key:
            found["ex_ssh_key"] = wanted.ssh_public_key
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
