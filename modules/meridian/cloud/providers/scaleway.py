"""Scaleway."""

import json
from collections.abc import Mapping
from typing import Any

from libcloud.compute.base import Node, NodeDriver, NodeImage, NodeSize
from libcloud.compute.drivers.scaleway import SCALEWAY_API_HOSTS, ScalewayNodeDriver

from meridian.cloud import tags as tagging
from meridian.cloud.errors import NotOffered
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import UserData


class _Driver(ScalewayNodeDriver):
    """libcloud's driver with a region of its own, start, stop, and user-data at the first boot."""

    def __init__(self, key: str, secret: str, region: str = "par1") -> None:
        super().__init__(key, secret)
        if region not in SCALEWAY_API_HOSTS:
            raise NotOffered(f"location {region!r}: libcloud knows Scaleway's par1 and ams1")
        self.region = region
        self._user_data = ""
        self.connection.host = SCALEWAY_API_HOSTS[region]
        self.connection.connect()

    def create_node(  # type: ignore[override]
        self, name: str, size: NodeSize, image: NodeImage, ex_user_data: str = "", **kwargs: Any
    ) -> Node:
        self._user_data = ex_user_data
        try:
            return super().create_node(name, size, image, region=self.region, **kwargs)
        finally:
            self._user_data = ""

    def start_node(self, node: Node) -> bool:
        return bool(self._action(node.id, "poweron"))

    def stop_node(self, node: Node) -> bool:
        return bool(self._action(node.id, "poweroff"))

    def _action(self, server_id: Any, action: str, region: Any = None) -> bool:
        if action == "poweron" and self._user_data:
            # create_node starts the server itself, and cloud-init reads the data right then.
            self.connection.request(
                f"/servers/{server_id}/user_data/cloud-init",
                data=self._user_data,
                headers={"Content-Type": "text/plain"},
                method="PATCH",
            )
        sent = self.connection.request(
            f"/servers/{server_id}/action",
            region=region,
            data=json.dumps({"action": action}),
            method="POST",
        )
        return bool(sent.success())


class Scaleway(Adapter):
    """Servers with tags; SSH keys are the account's."""

    title = "Scaleway"
    user_data = UserData("ex_user_data", 64 * 1024)
    tags = "create"
    regional = "region"
    credentials = "`key` access key (organisation), `secret` token"

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return libcloud's driver with what it lacks."""
        return _Driver

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the tags."""
        return {"ex_tags": tagging.to_words(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the tags."""
        return tagging.from_words(node.extra.get("tags"))
