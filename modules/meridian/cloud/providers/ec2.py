"""Amazon EC2, and what speaks its API."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2 import EC2NetworkSubnet
from libcloud.compute.types import NodeState

from meridian.cloud.errors import NotOffered
from meridian.cloud.providers import ec2_firewall, ec2_listing
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, UserData


class EC2(Adapter):
    """Machines with tags, security groups and volumes, all made with them."""

    title = "Amazon EC2"
    user_data = UserData("ex_userdata", 16 * 1024, gzip=True)
    tags = "create"
    ssh_keyword = "ex_keyname"
    regional = "region"
    firewall = True
    volumes = "create"
    credentials = "`key` access key id, `secret` secret access key, `arguments.token` for a session"

    states: ClassVar[Mapping[Any, NodeState]] = {
        "shutting-down": NodeState.TERMINATED,
        "stopping": NodeState.STOPPING,
        "stopped": NodeState.STOPPED,
    }

    def location(self, wanted: str, zone: str = "") -> Any:
        """Return the availability zone; the region itself is the connection's."""
        if not zone:
            return None
        offered = self.conn.list_locations()
        for one in offered:
            if zone == one.name:
                return one
        names = ", ".join(sorted(str(one.name) for one in offered)) or "none"
        raise NotOffered(f"zone {zone!r} does not exist in {self.conn.region_name}; it has: {names}")

    def image(self, wanted: str, location: Any = None) -> Any:
        """Return an image by id, or the newest one of ``<owner>/<name, with *>``.

        Amazon has a hundred thousand images: they are never listed all.
        """
        owner, slash, name = wanted.partition("/")
        if wanted.startswith("ami-"):
            found = self.conn.list_images(ex_image_ids=[wanted])
        elif slash:
            # moto and Amazon both filter by name pattern.
            found = self.conn.list_images(ex_owner=owner, ex_filters={"name": name})
        else:
            found = self.conn.list_images(ex_owner="self", ex_filters={"name": wanted})
        if not found:
            raise NotOffered(
                f"image {wanted!r} is not offered in {self.conn.region_name}: name an ami-… or <owner>/<name>"
            )
        return max(found, key=lambda image: str(image.extra.get("creation_date") or ""))

    def images(self, location: Any = None) -> list[Any]:
        """Return the account's own images."""
        return list(self.conn.list_images(ex_owner="self"))

    def nodes(self) -> list[Node]:
        """Return all machines that are not gone, from all pages of the list."""
        return [node for node in ec2_listing.nodes(self.conn) if node.state != NodeState.TERMINATED]

    def named(self, name: str) -> list[Node]:
        """Return all machines of one name."""
        found = self.conn.list_nodes(ex_filters={"tag:Name": name})
        return [node for node in found if node.state != NodeState.TERMINATED and node.name == name]

    def again(self, node: Node) -> Node | None:
        """Return a machine as it is now."""
        found = self.conn.list_nodes(ex_node_ids=[node.id])
        return next((one for one in found if one.id == node.id), None)

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the tags of the instance."""
        return {"ex_metadata": dict(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return its tags but for its name."""
        return {key: value for key, value in (node.extra.get("tags") or {}).items() if key != "Name"}

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: subnet, groups, volumes beside the uniform ones."""
        found = super().arguments(wanted)
        subnet = wanted.network.get("subnet")
        groups = list(wanted.network.get("security_groups") or ())
        if subnet:
            found["ex_subnet"] = EC2NetworkSubnet(subnet, subnet, "available")
        if wanted.firewall is not None:
            groups.append(ec2_firewall.name(wanted.tags))
        if groups:
            keyword = "ex_security_group_ids" if subnet else "ex_security_groups"
            found[keyword] = ec2_firewall.ids(self.conn, groups) if subnet else groups
        if wanted.network.get("public_ip") and subnet:
            found["ex_assign_public_ip"] = True
        if wanted.token:
            found["ex_clienttoken"] = wanted.token
        if wanted.volumes:
            found["ex_blockdevicemappings"] = [
                {"DeviceName": f"/dev/sd{'fghijklmnop'[index]}", "Ebs": _ebs(volume.size_gb, volume.type)}
                for index, volume in enumerate(wanted.volumes)
            ]
        return {**found, **wanted.extra}

    def size_of(self, node: Node) -> str:
        """Return its instance type."""
        return str(node.extra.get("instance_type") or "")

    def image_of(self, node: Node) -> str:
        """Return the id of its image."""
        return str(node.extra.get("image_id") or "")

    def prepare_firewall(self, wanted: Request) -> None:
        """Have the security group of the machine's role with exactly these rules."""
        if wanted.firewall is not None:
            ec2_firewall.ensure(self.conn, wanted.tags, wanted.firewall, wanted.network.get("vpc"))

    def firewalls(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return the ingress rules of each machine's groups."""
        return ec2_firewall.of_nodes(self.conn, nodes)

    def clean_firewalls(self, environment: str) -> list[str]:
        """Remove the environment's groups that no machine uses."""
        return ec2_firewall.clean(self.conn, environment)

    def volumes_of(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return each machine's volumes but for the one that it boots from."""
        found: dict[str, list[dict[str, Any]]] = {str(node.id): [] for node in nodes}
        roots = {str(node.id): node.extra.get("root_device_name") for node in nodes}
        for volume in self.conn.list_volumes():
            instance, device = str(volume.extra.get("instance_id")), volume.extra.get("device")
            if instance in found and device != roots[instance]:
                found[instance].append(
                    {
                        "id": volume.id,
                        "name": device,
                        "size_gb": volume.size,
                        "type": volume.extra.get("volume_type") or "",
                    }
                )
        return found


class Eucalyptus(EC2):
    """EC2's API without regions."""

    title = "Eucalyptus"
    regional = ""

    def location(self, wanted: str, zone: str = "") -> Any:
        """Leave the choice to the cloud."""
        return None


class Outscale(EC2):
    """EC2's API at Outscale."""

    title = "Outscale (EC2 API)"


def _ebs(size_gb: int, kind: str) -> dict[str, Any]:
    # A platform that is destroyed leaves nothing behind; a volume that shall outlive it is not made by it.
    return {"VolumeSize": size_gb, "DeleteOnTermination": "true", **({"VolumeType": kind} if kind else {})}
