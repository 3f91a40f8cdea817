"""UpCloud."""

import json
from typing import Any

from libcloud.common.upcloud import UpcloudCreateNodeRequestBody
from libcloud.compute.base import Node, NodeAuthSSHKey, NodeDriver
from libcloud.compute.drivers.upcloud import UpcloudDriver
from libcloud.compute.types import NodeState

from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, UserData


class _Driver(UpcloudDriver):
    """libcloud's driver with the calls of UpCloud's API that it lacks: user-data, start, stop."""

    def create_node(  # type: ignore[override]
        self,
        name: str,
        size: Any,
        image: Any,
        location: Any,
        auth: Any = None,
        ex_hostname: str = "localhost",
        ex_username: str = "root",
        ex_user_data: str = "",
    ) -> Node:
        request = UpcloudCreateNodeRequestBody(name, size, image, location, auth, ex_hostname, ex_username)
        if ex_user_data:
            request.body["server"] |= {"user_data": ex_user_data, "metadata": "yes"}
        made = self.connection.request("1.2/server", method="POST", data=request.to_json())
        return self._to_node(made.object["server"], state=NodeState.STARTING)

    def start_node(self, node: Node) -> bool:
        self.connection.request(f"1.2/server/{node.id}/start", method="POST")
        return True

    def stop_node(self, node: Node) -> bool:
        body = json.dumps({"stop_server": {"stop_type": "soft", "timeout": "60"}})
        self.connection.request(f"1.2/server/{node.id}/stop", method="POST", data=body)
        return True


class UpCloud(Adapter):
    """Servers whose labels libcloud does not know."""

    title = "UpCloud"
    user_data = UserData("ex_user_data", 64 * 1024)
    lists_by_location = True
    credentials = "`key` API user, `secret` password"

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return libcloud's driver with what it lacks."""
        return _Driver

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: host name and key beside the uniform ones."""
        found = {"ex_hostname": self.machine_name(wanted.name), **super().arguments(wanted)}
        if wanted.ssh_public_key:
            found.setdefault("auth", NodeAuthSSHKey(wanted.ssh_public_key))
        return found
