"""libvirt: machines of a hypervisor. libcloud lists, starts, stops and removes them, but makes none."""

from collections.abc import Mapping
from typing import Any, ClassVar

from libcloud.compute.base import Node, NodeDriver
from libcloud.compute.types import NodeState

from meridian.cloud.errors import NotOffered, Unavailable
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request
from meridian.common.errors import MeridianError


class Libvirt(Adapter):
    """Domains; they are made with libvirt's own tools, and known by their names."""

    title = "libvirt"
    needs_key = False
    credentials = "`arguments.uri`; `key` and `secret` for `+tcp`"

    @classmethod
    def connect(
        cls, provider: str, key: str | None, secret: str | None, arguments: Mapping[str, object]
    ) -> NodeDriver:
        """Return a driver, connected to the hypervisor."""
        if not arguments.get("uri"):
            raise MeridianError("cloud.providers.d/: libvirt needs arguments: {uri: qemu:///system}")
        try:
            return super().connect(provider, None, None, {**arguments, "key": key, "secret": secret})
        except RuntimeError as problem:
            raise Unavailable(f"libvirt: {problem}: pip install libvirt-python") from problem

    # libvirt's virDomainState: paused, being shut down, shut off.
    states: ClassVar[Mapping[Any, NodeState]] = {
        3: NodeState.PAUSED,
        4: NodeState.STOPPING,
        5: NodeState.STOPPED,
    }

    def identity(self, node: Node) -> str:
        """Return the domain's UUID: its id is gone when it is stopped."""
        return str(node.uuid)

    def create(self, wanted: Request) -> Node:
        """Refuse: libcloud 3.9.1 has no call for it.

        :raises NotOffered: always.
        """
        raise NotOffered(
            f"{wanted.name}: libcloud cannot make machines with libvirt: define it "
            f"(virt-install --cloud-init) under this name and run again"
        )

    def destroy(self, node: Node) -> bool:
        """Power a domain off and remove its definition."""
        domain = self.conn._get_domain_for_node(node)
        if domain.isActive():
            domain.destroy()
        return bool(domain.undefine() == 0)
