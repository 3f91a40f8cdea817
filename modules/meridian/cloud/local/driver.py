"""A libcloud compute driver whose machines are containers with systemd as PID 1, on a Docker engine."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import docker
import docker.errors
import requests
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.base import Node, NodeDriver, NodeImage, NodeLocation, NodeSize
from libcloud.compute.types import NodeState

from meridian.cloud.local import allocation, engine, labels, seed
from meridian.cloud.local.capabilities import missing_here
from meridian.cloud.local.container import (
    INIT,
    INIT_SCRIPT,
    Attachment,
    File,
    Machine,
    archive,
    create_arguments,
    endpoint,
)
from meridian.topology.model import LOCAL

PROVIDER = LOCAL
IMAGE_REPOSITORY = "meridian-node"
NODE_LABEL = "meridian.node"
TAG_PREFIX = "meridian.tag."
SIZES: Mapping[str, int] = {"small": 1024, "medium": 2048, "large": 4096}

_STATES = {
    # Made but never started: what an aborted create leaves behind.
    "created": NodeState.PENDING,
    "running": NodeState.RUNNING,
    "restarting": NodeState.REBOOTING,
    "paused": NodeState.PAUSED,
    "removing": NodeState.TERMINATED,
    "exited": NodeState.STOPPED,
    "dead": NodeState.ERROR,
}
_Result = TypeVar("_Result")


class LocalNodeDriver(NodeDriver):
    """Containers as machines.

    :param key: unused; libcloud wants one.
    :param ex_platform: platform id whose nodes this driver sees; this clone's when empty.
    :param ex_sizes: memory limit in MiB by name of size; :data:`SIZES` when not given.
    :param ex_client: Docker client; one to the engine of this host when not given.
    """

    type = PROVIDER
    name = "Local containers"
    website = "https://docs.docker.com/engine/"
    features: dict[str, list[str]] = {"create_node": []}  # noqa: RUF012  (libcloud's own shape)

    def __init__(
        self,
        key: str = "",
        secret: str | None = None,
        ex_platform: str = "",
        ex_sizes: Mapping[str, int] | None = None,
        ex_client: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key, secret, **kwargs)
        self.platform = ex_platform or allocation.platform_id()
        self.sizes = dict(ex_sizes or SIZES)
        self._client = ex_client

    @property
    def client(self) -> Any:
        """The Docker client, connected at first use."""
        if self._client is None:
            self._client = engine.client()
        return self._client

    def list_nodes(self, ex_environment: str = "") -> list[Node]:
        """Return this platform's nodes, running or not.

        :param ex_environment: only those of this environment.
        """
        wanted = labels.filters(self.platform, labels.NODE, ex_environment)
        listed = _told(lambda: self.client.api.containers(all=True, filters=wanted))
        return [self._node(found) for found in listed]

    def list_sizes(self, location: NodeLocation | None = None) -> list[NodeSize]:
        """Return the sizes that profiles may name; nothing is billed."""
        return [NodeSize(name, name, memory, 0, 0, 0.0, self) for name, memory in self.sizes.items()]

    def list_images(self, location: NodeLocation | None = None) -> list[NodeImage]:
        """Return the node images, each under its tags; the newest first."""
        listed = _told(lambda: self.client.api.images(name=IMAGE_REPOSITORY))
        listed.sort(key=lambda image: image["Created"], reverse=True)
        return [NodeImage(image["Id"], tag, self) for image in listed for tag in image["RepoTags"] or []]

    def list_locations(self) -> list[NodeLocation]:
        """Return the regions that have a network, over all environments."""
        wanted = labels.filters(self.platform, labels.NETWORK)
        found = _told(lambda: self.client.networks.list(filters=wanted))
        names = {network.attrs["Labels"].get(labels.REGION, "") for network in found}
        return [NodeLocation(name, name, "", self) for name in sorted(names - {""})]

    def create_node(
        self,
        name: str,
        size: NodeSize,
        image: NodeImage,
        location: NodeLocation | None = None,
        auth: Any = None,
        ex_environment: str = "",
        ex_networks: Sequence[Mapping[str, Any]] = (),
        ex_files: Mapping[str, File] | None = None,
        ex_tags: Mapping[str, str] | None = None,
        ex_userdata: str | bytes = "",
        ex_ssh_key: str = "",
    ) -> Node:
        """Make a node, put its files in, then start it.

        :param name: node id: host name and Salt minion id.
        :param size: its RAM is the memory limit.
        :param ex_environment: environment it belongs to.
        :param ex_networks: ``{network, address, aliases}`` each; the first is the management network.
        :param ex_files: absolute path to content.
        :param ex_tags: free key-value pairs, kept as labels.
        :param ex_userdata: what cloud-init does at the first start; without it cloud-init does not run.
        :param ex_ssh_key: public key of who may log in as root; without it sshd does not run.
        :raises libcloud.common.exceptions.BaseHTTPError: the engine refused; nothing is left behind.
        """
        region = location.name if location else ""
        files = {INIT: File(INIT_SCRIPT.encode(), 0o755)} | dict(ex_files or {})
        if ex_userdata:
            files |= seed.user_data(name, ex_userdata)
        if ex_ssh_key:
            files |= seed.ssh_key(ex_ssh_key)
        attachments = [
            Attachment(n["network"], n["address"], tuple(n.get("aliases", ()))) for n in ex_networks
        ]
        marks = labels.of(self.platform, labels.NODE, ex_environment, region)
        marks[NODE_LABEL] = name
        marks.update({f"{TAG_PREFIX}{key}": str(value) for key, value in (ex_tags or {}).items()})
        machine = Machine(
            name=f"{name}.{self.platform}",
            hostname=name,
            image=image.id,
            labels=marks,
            attachments=attachments,
            memory_mb=size.ram,
            drop=missing_here(),
            files=files,
        )
        run(self.client, machine)
        return self._find(name)

    def destroy_node(self, node: Node) -> bool:
        """Remove a node with all its data."""
        remove(self.client, str(node.id))
        return True

    def start_node(self, node: Node) -> bool:
        """Start a stopped node."""
        _told(lambda: self.client.api.start(node.id))
        return True

    def stop_node(self, node: Node) -> bool:
        """Shut a node down in order; it stays down until started, or the engine restarts."""
        _told(lambda: self.client.api.stop(node.id, timeout=60))
        return True

    def reboot_node(self, node: Node) -> bool:
        """Shut a node down in order and start it again."""
        _told(lambda: self.client.api.restart(node.id, timeout=60))
        return True

    def _find(self, name: str) -> Node:
        for node in self.list_nodes():
            if node.name == name:
                return node
        raise BaseHTTPError(404, f"node {name} vanished right after it was made")

    def _node(self, found: Mapping[str, Any]) -> Node:
        marks = found["Labels"] or {}
        addresses = [
            net.get("IPAddress") or (net.get("IPAMConfig") or {}).get("IPv4Address", "")
            for _, net in sorted((found.get("NetworkSettings") or {}).get("Networks", {}).items())
        ]
        return Node(
            id=found["Id"],
            name=marks.get(NODE_LABEL, ""),
            state=_STATES.get(found["State"], NodeState.UNKNOWN),
            public_ips=[],
            private_ips=[address for address in addresses if address],
            driver=self,
            image=found["Image"],
            extra={
                "environment": marks.get(labels.ENVIRONMENT, ""),
                "region": marks.get(labels.REGION, ""),
                "status": found.get("Status", ""),
                "tags": {k.removeprefix(TAG_PREFIX): v for k, v in marks.items() if k.startswith(TAG_PREFIX)},
            },
        )


def run(client: Any, machine: Machine) -> str:
    """Create a container, attach it to its further networks, put its files in, start it.

    :param client: Docker client.
    :param machine: what to make.
    :returns: the container's id.
    :raises libcloud.common.exceptions.BaseHTTPError: the engine refused; nothing is left behind.
    """
    api = client.api
    # The SDK's own builder does not know MaskedPaths and checks what it need not.
    created = _told(lambda: api.create_container_from_config(create_arguments(machine), machine.name))
    try:
        for attachment in machine.attachments[1:]:
            _told(lambda a=attachment: _connect(api, created["Id"], a))  # type: ignore[misc]
        _told(lambda: api.put_archive(created["Id"], "/", archive(machine.files)))
        _told(lambda: api.start(created["Id"]))
    except BaseException:
        remove(client, created["Id"])
        raise
    return str(created["Id"])


def remove(client: Any, container: str) -> None:
    """Remove a container and its anonymous volumes at once; one that is gone already is fine."""
    try:
        client.api.remove_container(container, force=True, v=True)
    except docker.errors.NotFound:
        return
    except docker.errors.APIError as problem:
        if "already in progress" not in str(problem.explanation):
            raise BaseHTTPError(problem.response.status_code, str(problem.explanation)) from problem


def _connect(api: Any, container: str, attachment: Attachment) -> None:
    body = {"Container": container, "EndpointConfig": endpoint(attachment)}
    api._raise_for_status(api._post_json(api._url("/networks/{0}/connect", attachment.network), data=body))


def _told(call: Callable[[], _Result]) -> _Result:
    """Turn the SDK's exceptions into the one that libcloud's users expect."""
    try:
        return call()
    except docker.errors.APIError as problem:
        status = problem.response.status_code if problem.response is not None else 503
        # The engine says 500 to whatever it cannot do; asking it again, as one asks a cloud, is of no use.
        raise BaseHTTPError(
            400 if status == 500 else status, str(problem.explanation or problem)
        ) from problem
    except requests.exceptions.RequestException as problem:
        raise BaseHTTPError(503, engine.explain(problem)) from problem
