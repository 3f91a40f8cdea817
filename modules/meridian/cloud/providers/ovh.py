"""OVH Public Cloud."""

from typing import Any

from libcloud.compute.base import Node, NodeDriver
from libcloud.compute.drivers.ovh import OvhNodeDriver

from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import UserData


class _Driver(OvhNodeDriver):
    """libcloud's driver with the calls of OVH's API that it lacks: user-data, start, stop, reboot."""

    def create_node(  # type: ignore[override]
        self,
        name: str,
        image: Any,
        size: Any,
        location: Any,
        ex_keyname: str | None = None,
        ex_user_data: str = "",
    ) -> Node:
        data = {"name": name, "imageId": image.id, "flavorId": size.id, "region": location.id}
        if ex_keyname:
            data["sshKeyId"] = self.get_key_pair(ex_keyname, location).extra["id"]
        if ex_user_data:
            data["userData"] = ex_user_data
        made = self.connection.request(self._get_project_action("instance"), data=data, method="POST")
        return self._to_node(made.object)

    def start_node(self, node: Node) -> bool:
        return self._act(node, "start")

    def stop_node(self, node: Node) -> bool:
        return self._act(node, "stop")

    def reboot_node(self, node: Node) -> bool:
        return self._act(node, "reboot", {"type": "soft"})

    def _act(self, node: Node, action: str, data: dict[str, str] | None = None) -> bool:
        path = self._get_project_action(f"instance/{node.id}/{action}")
        self.connection.request(path, data=data or {}, method="POST")
        return True


class OVH(AttachesVolumes):
    """Instances without tags of their own."""

    title = "OVH Public Cloud"
    user_data = UserData("ex_user_data", 64 * 1024)
    ssh_keyword = "ex_keyname"
    lists_by_location = True
    volume_type_keyword = "ex_volume_type"
    credentials = "`key` application key, `secret`, `arguments.ex_project_id`, `arguments.ex_consumer_key`"

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return libcloud's driver with what it lacks."""
        return _Driver

    def size_of(self, node: Node) -> str:
        """Return the id of its flavor."""
        return str(node.extra.get("flavorId") or (node.extra.get("flavor") or {}).get("id") or "")

    def image_of(self, node: Node) -> str:
        """Return the id of its image."""
        return str(node.extra.get("imageId") or (node.extra.get("image") or {}).get("id") or "")
