"""Apache CloudStack, and the clouds that are built on it: Exoscale, Ikoula, Aurora Compute, KT Cloud."""

from collections.abc import Mapping
from typing import Any, ClassVar

from libcloud.compute.base import Node
from libcloud.compute.types import NodeState

from meridian.cloud.errors import NotOffered
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, UserData


class CloudStack(AttachesVolumes):
    """Machines that are tagged right after they were made."""

    title = "Apache CloudStack"
    # libcloud sends it in a GET request, for which the API's limit is 4 KB of base64.
    user_data: ClassVar[UserData | None] = UserData("ex_userdata", 3072, gzip=True)
    tags = "after"
    ssh_keyword = "ex_keyname"
    volume_type_keyword = "ex_volume_type"
    credentials = "`key` API key, `secret` secret key, `arguments.url` the endpoint"
    dotted_names = False

    states: ClassVar[Mapping[Any, NodeState]] = {"Error": NodeState.ERROR}

    def tag(self, node: Node, tags: Mapping[str, str]) -> None:
        """Set the tags."""
        self.conn.ex_create_tags([node.id], "UserVm", dict(tags))

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the tags."""
        return {str(key): str(value) for key, value in (node.extra.get("tags") or {}).items()}

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: networks and groups; it is started, too."""
        found = {"ex_start_vm": True, **super().arguments(wanted)}
        names = wanted.network.get("names") or ()
        if names:
            listed = {str(network.name): network for network in self.conn.ex_list_networks()}
            unknown = [name for name in names if name not in listed]
            if unknown:
                raise NotOffered(
                    f"network {unknown[0]!r} does not exist; there are: {', '.join(sorted(listed))}"
                )
            found.setdefault("networks", [listed[name] for name in names])
        if wanted.network.get("security_groups"):
            found.setdefault("ex_security_groups", list(wanted.network["security_groups"]))
        return found

    def start(self, node: Node) -> bool:
        """Start a stopped machine."""
        self.conn.ex_start(node)
        return True

    def stop(self, node: Node) -> bool:
        """Shut a machine down."""
        self.conn.ex_stop(node)
        return True

    def size_of(self, node: Node) -> str:
        """Return the id of its service offering."""
        return str(node.extra.get("size_id") or "")

    def image_of(self, node: Node) -> str:
        """Return the id of its template."""
        return str(node.extra.get("image_id") or "")


class Exoscale(CloudStack):
    """CloudStack's API at Exoscale."""

    title = "Exoscale"
    credentials = "`key` API key, `secret` secret key"


class Ikoula(CloudStack):
    """CloudStack's API at Ikoula."""

    title = "Ikoula"
    credentials = "`key` API key, `secret` secret key"


class Aurora(CloudStack):
    """CloudStack's API at PCextreme."""

    title = "Aurora Compute"
    credentials = "`key` API key, `secret` secret key"


class KTCloud(CloudStack):
    """CloudStack's API at KT, whose create takes less."""

    title = "KT Cloud"
    user_data = None
    ssh_keyword = ""

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``."""
        return super(CloudStack, self).arguments(wanted)
