"""Providers that differ from libcloud's uniform behaviour in a word or two."""

from collections.abc import Mapping
from typing import Any, ClassVar

from libcloud.compute.base import Node, NodeAuthPassword, NodeAuthSSHKey, NodeSize
from libcloud.compute.types import NodeState

from meridian.cloud.errors import NotOffered
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, UserData, generated_password


class Brightbox(Adapter):
    """Servers without tags; groups of servers decide who reaches them."""

    title = "Brightbox"
    user_data = UserData("ex_userdata", 16 * 1024, gzip=True)
    credentials = "`key` client id, `secret` client secret"

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: server groups beside the uniform ones."""
        groups = wanted.network.get("security_groups")
        return {**({"ex_servergroup": list(groups)} if groups else {}), **super().arguments(wanted)}


class Cloudscale(Adapter):
    """Servers of cloudscale.ch; most of a create goes into one argument."""

    title = "cloudscale.ch"
    user_data = UserData("", 64 * 1024)
    credentials = "`key` API token"

    def location(self, wanted: str, zone: str = "") -> Any:
        """Return nothing: libcloud knows no locations there, the zone is an attribute."""
        return None

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: user-data, key and zone as attributes."""
        found = super().arguments(wanted)
        attributes: dict[str, Any] = {}
        if wanted.user_data:
            attributes["user_data"] = wanted.user_data
        if wanted.ssh_public_key:
            attributes["ssh_keys"] = [wanted.ssh_public_key]
        if wanted.zone:
            attributes["zone"] = wanted.zone
        return {**found, "ex_create_attr": attributes | (found.get("ex_create_attr") or {})}


class Alibaba(AttachesVolumes):
    """Elastic Compute Service of Alibaba Cloud; a security group must exist."""

    title = "Alibaba Cloud ECS"
    regional = "region"
    credentials = "`key` access key id, `secret` its secret"

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: security group and switch beside the uniform ones."""
        found = super().arguments(wanted)
        groups = list(wanted.network.get("security_groups") or ())
        if groups:
            found.setdefault("ex_security_group_id", groups[0])
        if wanted.network.get("subnet"):
            found.setdefault("ex_vswitch_id", wanted.network["subnet"])
        found.setdefault("ex_hostname", self.machine_name(wanted.name))
        if "ex_security_group_id" not in found:
            raise NotOffered("cloud.profiles.d/: aliyun_ecs needs network: {security_groups: [sg-…]}")
        return found


class CloudSigma(Adapter):
    """Servers with metadata, through version 2.0 of the API."""

    title = "CloudSigma"
    # cloud-init reads the key of that name from the server's own metadata.
    user_data = UserData("", 32 * 1024)
    tags = "create"
    regional = "region"
    credentials = "`key` user, `secret` password"
    states: ClassVar[Mapping[Any, NodeState]] = {"stopped": NodeState.STOPPED, "dead": NodeState.ERROR}

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: tags and user-data as metadata."""
        found = super().arguments(wanted)
        meta = dict(wanted.tags)
        if wanted.user_data:
            meta["cloudinit-user-data"] = str(wanted.user_data)
        if wanted.ssh_public_key:
            meta["ssh_public_key"] = wanted.ssh_public_key
        return {**found, "ex_metadata": meta | (found.get("ex_metadata") or {})}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the metadata but for the user-data."""
        meta: Mapping[str, Any] = node.extra.get("meta") or {}
        return {str(key): str(value) for key, value in meta.items() if key.startswith("meridian-")}


class Kamatera(Adapter):
    """Servers whose lists are asked for by location, and which insist on a password or key."""

    title = "Kamatera"
    lists_by_location = True
    credentials = "`key` client id, `secret` secret"

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: who logs in beside the uniform ones."""
        found = super().arguments(wanted)
        public = wanted.ssh_public_key
        found.setdefault("auth", NodeAuthSSHKey(public) if public else NodeAuthPassword(generated_password()))
        return found


class Maxihost(Adapter):
    """Whole servers."""

    title = "Maxihost (Latitude.sh)"
    ssh_keyword = "ex_ssh_key_ids"
    ssh_keyword_list = True
    credentials = "`key` API token"


class Gridscale(Adapter):
    """Servers whose size is free: ``<cores>x<GiB of memory>x<GB of disk>``, e.g. ``4x16x40``."""

    title = "gridscale"
    ssh_keyword = "ex_ssh_key_ids"
    ssh_keyword_list = True
    credentials = "`key` user UUID, `secret` API token"

    def sizes(self, location: Any = None) -> list[Any]:
        """Return nothing: every size is offered."""
        return []

    def size(self, wanted: str, location: Any = None) -> Any:
        """Return a size of its parts."""
        parts = wanted.split("x")
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            raise NotOffered(
                f"size {wanted!r}: gridscale wants <cores>x<GiB of memory>x<GB of disk>, e.g. 4x16x40"
            )
        cores, memory, disk = map(int, parts)
        return NodeSize(wanted, wanted, memory * 1024, disk, 0, 0.0, self.conn, extra={"cores": cores})


class OnApp(Adapter):
    """Machines whose size and template stand in the profile's ``create`` section."""

    title = "OnApp"
    credentials = "`key` user, `secret` API key, `arguments.host`"

    def sizes(self, location: Any = None) -> list[Any]:
        """Return nothing: libcloud lists none."""
        return []

    def size(self, wanted: str, location: Any = None) -> Any:
        """Return the name as it is; ``create`` says what it means."""
        return wanted

    def image(self, wanted: str, location: Any = None) -> Any:
        """Return the name as it is; ``create`` names the template."""
        return wanted

    def locations(self) -> list[Any]:
        """Return nothing: libcloud lists none."""
        return []

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the name and what the profile says."""
        name = self.machine_name(wanted.name)
        return {"name": name, "ex_hostname": name, **wanted.extra}


class PasswordLogin(Adapter):
    """Providers of the Dimension Data family: they insist on a password; its network stands in ``create``."""

    title = "Dimension Data"
    credentials = "`key` user, `secret` password"

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``."""
        return {"auth": NodeAuthPassword(generated_password()), **super().arguments(wanted)}


class Outscale(Adapter):
    """Machines of Outscale's own API; the size is an argument."""

    title = "Outscale"
    user_data = UserData("ex_user_data", 16 * 1024)
    ssh_keyword = "ex_keypair_name"
    regional = "region"
    credentials = "`key` access key, `secret` secret key"

    def size(self, wanted: str, location: Any = None) -> Any:
        """Return the type's name as it is: libcloud cannot list them."""
        return wanted

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: the type under its own keyword."""
        found = super().arguments(wanted)
        found["ex_vm_type"] = found.pop("size")
        groups = wanted.network.get("security_groups")
        return {**({"ex_security_group_ids": list(groups)} if groups else {}), **found}
