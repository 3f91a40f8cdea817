"""Gandi's IaaS."""

from typing import Any

from libcloud.compute.base import Node, NodeDriver
from libcloud.compute.drivers.gandi import GandiNodeDriver
from libcloud.compute.types import NodeState

from meridian.cloud.errors import NotOffered
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, generated_password


class _Driver(GandiNodeDriver):
    """libcloud's driver with the calls of Gandi's API that it lacks: start, stop."""

    def start_node(self, node: Node) -> bool:
        return self._act("start", node)

    def stop_node(self, node: Node) -> bool:
        return self._act("stop", node)

    def _act(self, action: str, node: Node) -> bool:
        operation = self.connection.request(f"hosting.vm.{action}", int(str(node.id)))
        return bool(self._wait_operation(operation.object["id"]))


class Gandi(AttachesVolumes):
    """Machines without tags or user-data; a key pair or a login is asked for."""

    title = "Gandi"
    credentials = "`key` API key"
    dotted_names = False

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return libcloud's driver with what it lacks."""
        return _Driver

    def nodes(self) -> list[Node]:
        """Return all machines; libcloud calls a stopped one terminated."""
        found = list(self.conn.list_nodes())
        for node in found:
            if node.state == NodeState.TERMINATED:
                node.state = NodeState.STOPPED
        return found

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: the key pair, or else a login that nobody is told."""
        found = super().arguments(wanted)
        if wanted.ssh_key:
            pairs = [pair for pair in self.conn.list_key_pairs() if pair.name == wanted.ssh_key]
            if not pairs:
                raise NotOffered(f"SSH key {wanted.ssh_key!r} does not exist at Gandi")
            return {"keypairs": pairs, **found}
        return {"login": "meridian", "password": generated_password(), **found}
