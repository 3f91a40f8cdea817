"""How libcloud's compute drivers behave where they are uniform; a provider's file overrides what differs."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from libcloud.compute.base import Node, NodeDriver
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState

from meridian.cloud import tags as tagging
from meridian.cloud.errors import NotOffered
from meridian.cloud.inventory import choose
from meridian.cloud.providers.request import Request, UserData


class Adapter:
    """One connection to one provider.

    :cvar title: the provider's own name.
    :cvar user_data: how it takes user-data; ``None`` when it does not, then the bootstrap is ``ssh``.
    :cvar user_data_text: whether it wants text, so that compressed bytes must not be sent.
    :cvar tags: ``create`` (with the machine), ``after`` (right after it) or ``ledger`` (kept by us).
    :cvar ssh_keyword: argument of ``create_node`` that takes the name of a key pair.
    :cvar ssh_keyword_list: whether it takes a list of them.
    :cvar regional: argument of the driver's class that chooses the region, where a connection has but one.
    :cvar lists_by_location: whether lists must be asked for one location.
    :cvar firewall: whether rules are set at the provider; else nftables on the node does it.
    :cvar volumes: ``create``, ``attach`` or empty when libcloud has no volumes there.
    :cvar needs_key: whether it wants credentials at all.
    :cvar credentials: what a user has to give, for the documentation.
    :cvar dotted_names: whether machine names may have dots.
    :cvar states: what the provider's own states mean, where libcloud says it wrongly or not at all.
    """

    title: ClassVar[str] = ""
    user_data: ClassVar[UserData | None] = None
    tags: ClassVar[str] = "ledger"
    ssh_keyword: ClassVar[str] = ""
    ssh_keyword_list: ClassVar[bool] = False
    regional: ClassVar[str] = ""
    lists_by_location: ClassVar[bool] = False
    firewall: ClassVar[bool] = False
    volumes: ClassVar[str] = ""
    needs_key: ClassVar[bool] = True
    credentials: ClassVar[str] = "`key`, `secret`"
    dotted_names: ClassVar[bool] = True
    states: ClassVar[Mapping[Any, NodeState]] = {}

    def __init__(self, conn: Any) -> None:
        self.conn = conn
        if self.states:
            conn.NODE_STATE_MAP = {**conn.NODE_STATE_MAP, **self.states}

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return the class of libcloud's driver.

        :param provider: libcloud's name of the provider.
        """
        return get_driver(provider)

    @classmethod
    def connect(
        cls, provider: str, key: str | None, secret: str | None, arguments: Mapping[str, Any]
    ) -> NodeDriver:
        """Return a driver object; most ask nothing of the provider before the first call."""
        given = [one for one in (key, secret) if one is not None]
        driver: Any = cls.driver_class(provider)
        return driver(*given, **arguments)

    # Choosing

    def locations(self) -> list[Any]:
        """Return libcloud's locations."""
        return list(self.conn.list_locations())

    def sizes(self, location: Any = None) -> list[Any]:
        """Return libcloud's sizes at a location."""
        return list(self._listed(self.conn.list_sizes, location))

    def images(self, location: Any = None) -> list[Any]:
        """Return libcloud's images at a location; at some providers a selection."""
        return list(self._listed(self.conn.list_images, location))

    def location(self, wanted: str, zone: str = "") -> Any:
        """Return libcloud's location; ``None`` when none is wanted, or the connection chose it already.

        :raises NotOffered: there is no such place.
        """
        return choose("location", wanted, self.locations()) if wanted and not self.regional else None

    def size(self, wanted: str, location: Any = None) -> Any:
        """Return libcloud's size of a name or id.

        :raises NotOffered: it does not exist there.
        """
        return choose("size", wanted, self.sizes(location))

    def image(self, wanted: str, location: Any = None) -> Any:
        """Return libcloud's image of a name or id.

        :raises NotOffered: it does not exist there.
        """
        return choose("image", wanted, self.images(location))

    # Names and tags

    def machine_name(self, node_id: str) -> str:
        """Return the name that a node has at the provider."""
        return node_id if self.dotted_names else node_id.replace(".", "-")

    def node_id(self, node: Node, tags: Mapping[str, str]) -> str:
        """Return the id of the node behind a machine: its name, with the dots that the provider refused."""
        name = str(node.name)
        region, environment = tags.get(tagging.REGION), tags.get(tagging.ENVIRONMENT)
        if self.dotted_names or not region or not environment:
            return name
        tail = f"-{region}-{environment}".replace(".", "-")
        return f"{name.removesuffix(tail)}.{region}.{environment}" if name.endswith(tail) else name

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the arguments of ``create_node`` that carry tags."""
        return {}

    def tag(self, node: Node, tags: Mapping[str, str]) -> None:
        """Set tags on a machine that exists; does nothing where they came with it."""

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return a machine's tags."""
        return {}

    # Machines

    def identity(self, node: Node) -> str:
        """Return what tells a machine from all others at the provider."""
        return str(node.id)

    def nodes(self) -> list[Node]:
        """Return all machines that are not gone or going."""
        return [node for node in self.conn.list_nodes() if node.state != NodeState.TERMINATED]

    def named(self, name: str) -> list[Node]:
        """Return all machines of one name at the provider; overridden where they can be asked for alone."""
        return [node for node in self.nodes() if node.name == name]

    def again(self, node: Node) -> Node | None:
        """Return a machine as it is now; ``None`` when it is gone."""
        return next((one for one in self.nodes() if self.identity(one) == self.identity(node)), None)

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``."""
        found: dict[str, Any] = {
            "name": self.machine_name(wanted.name),
            "size": wanted.size,
            "image": wanted.image,
        }
        if wanted.location is not None:
            found["location"] = wanted.location
        if wanted.user_data and self.user_data is not None and self.user_data.keyword:
            found[self.user_data.keyword] = wanted.user_data
        if wanted.ssh_key and self.ssh_keyword:
            found[self.ssh_keyword] = [wanted.ssh_key] if self.ssh_keyword_list else wanted.ssh_key
        return {**found, **self.tag_arguments(wanted.tags), **wanted.extra}

    def create(self, wanted: Request) -> Node:
        """Make a machine."""
        return self.conn.create_node(**self.arguments(wanted))

    def start(self, node: Node) -> bool:
        """Start a stopped machine."""
        return self._done("start_node", node)

    def stop(self, node: Node) -> bool:
        """Shut a machine down."""
        return self._done("stop_node", node)

    def reboot(self, node: Node) -> bool:
        """Restart a machine."""
        return self._done("reboot_node", node)

    def destroy(self, node: Node) -> bool:
        """Remove a machine, and what only it used."""
        return self._done("destroy_node", node)

    def size_of(self, node: Node) -> str:
        """Return the id of a machine's size, empty where libcloud does not tell."""
        return _identity(node.size)

    def image_of(self, node: Node) -> str:
        """Return the id of a machine's image, empty where libcloud does not tell."""
        return _identity(node.image)

    # Firewall

    def prepare_firewall(self, wanted: Request) -> None:
        """Have the rules at the provider before the machine exists."""

    def firewalls(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return each machine's rules by its id; ``None`` when the provider cannot tell."""
        return None

    def clean_firewalls(self, environment: str) -> list[str]:
        """Remove an environment's rules that no machine uses any more; return their names."""
        return []

    # Volumes

    def make_volumes(self, node: Node, wanted: Request) -> None:
        """Have a machine's volumes; does nothing where they came with it."""

    def volumes_of(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return each machine's volumes by its id; ``None`` when the provider cannot tell."""
        return None

    def _done(self, method: str, node: Node) -> bool:
        function = getattr(self.conn, method, None)
        try:
            if function is None:
                raise NotImplementedError
            # Some answer with what the provider said, which may be empty.
            return function(node) is not False
        except NotImplementedError as problem:
            raise NotOffered(f"{node.name}: libcloud has no {method} for {self.title}") from problem

    def _listed(self, function: Any, location: Any) -> Any:
        takes = "location" in inspect.signature(function).parameters
        return function(location=location) if self.lists_by_location and takes else function()


def _identity(thing: Any) -> str:
    if thing is None:
        return ""
    return str(getattr(thing, "id", None) or getattr(thing, "name", None) or thing)
