"""OpenStack (Nova, Neutron, Cinder), and what is built on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from libcloud.compute.base import Node, NodeDriver

from meridian.cloud.errors import NotOffered
from meridian.cloud.providers import rules
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, UserData
from meridian.common.errors import MeridianError


class OpenStack(AttachesVolumes):
    """Machines with metadata and security groups."""

    title = "OpenStack"
    # Nova's limit is 65535 characters of base64.
    user_data = UserData("ex_userdata", 49149, gzip=True)
    tags = "create"
    ssh_keyword = "ex_keyname"
    regional = "ex_force_service_region"
    firewall = True
    volume_name_limit = 255
    volume_type_keyword = "ex_volume_type"
    credentials = "`key` user, `secret` password, `arguments.ex_force_auth_url`, `arguments.ex_tenant_name`"

    @classmethod
    def connect(
        cls, provider: str, key: str | None, secret: str | None, arguments: Mapping[str, Any]
    ) -> NodeDriver:
        """Return a driver of Nova's and Neutron's current API with version 3 of Keystone's."""
        if not arguments.get("ex_force_auth_url"):
            raise MeridianError("cloud.providers.d/: openstack needs arguments: {ex_force_auth_url: …}")
        given = {"api_version": "2.2", "ex_force_auth_version": "3.x_password", **arguments}
        return super().connect(provider, key, secret, given)

    def image(self, wanted: str, location: Any = None) -> Any:
        """Return an image by id or name; of one name the newest."""
        found = [image for image in self.conn.list_images() if wanted in (image.id, image.name)]
        if not found:
            return super().image(wanted, location)
        return max(found, key=lambda image: str(image.extra.get("created") or ""))

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the metadata."""
        return {"ex_metadata": dict(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the metadata."""
        return {str(key): str(value) for key, value in (node.extra.get("metadata") or {}).items()}

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: zone, networks, groups beside the uniform ones."""
        found = super().arguments(wanted)
        if wanted.zone:
            found["ex_availability_zone"] = wanted.zone
        names = wanted.network.get("names") or ()
        if names:
            listed = {str(network.name): network for network in self.conn.ex_list_networks()}
            listed |= {str(network.id): network for network in listed.values()}
            found["networks"] = [_of("network", name, listed) for name in names]
        groups = list(wanted.network.get("security_groups") or ())
        if wanted.firewall is not None:
            groups.append(rules.name(wanted.tags))
        if groups:
            existing = {str(group.name): group for group in self.conn.ex_list_security_groups()}
            found["ex_security_groups"] = [_of("security group", name, existing) for name in groups]
        return {**found, **wanted.extra}

    def prepare_firewall(self, wanted: Request) -> None:
        """Have the security group of the machine's role with exactly these rules."""
        if wanted.firewall is None:
            return
        name = rules.name(wanted.tags)
        found = (group for group in self.conn.ex_list_security_groups() if group.name == name)
        group = next(found, None) or self.conn.ex_create_security_group(name, "made by Meridian")
        have = {part: rule for rule in group.rules for part in _parts(rule)}
        want = rules.single(wanted.firewall)
        for protocol, port, source in sorted(want - have.keys()):
            self.conn.ex_create_security_group_rule(group, protocol, port, port, cidr=source)
        for part in sorted(have.keys() - want):
            self.conn.ex_delete_security_group_rule(have[part])

    def firewalls(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return the ingress rules of the group that each machine's tags name.

        Which groups a machine is in costs a call for each machine; that its own group still says what was
        asked for costs one for all.
        """
        groups = {str(group.name): group for group in self.conn.ex_list_security_groups()}
        found = {}
        for node in nodes:
            group = groups.get(rules.name(self.tags_of(node)))
            found[str(node.id)] = (
                rules.joined(p for rule in group.rules for p in _parts(rule)) if group else []
            )
        return found

    def clean_firewalls(self, environment: str) -> list[str]:
        """Remove the environment's groups that no machine's tags name any more."""
        used = {rules.name(self.tags_of(node)) for node in self.nodes()}
        gone = []
        for group in self.conn.ex_list_security_groups():
            if str(group.name).startswith(rules.prefix(environment)) and group.name not in used:
                self.conn.ex_delete_security_group(group)
                gone.append(str(group.name))
        return sorted(gone)

    def size_of(self, node: Node) -> str:
        """Return the id of its flavor, or the flavor's name where the API tells only that."""
        details = node.extra.get("flavor_details") or {}
        return str(node.extra.get("flavorId") or details.get("original_name") or "")

    def image_of(self, node: Node) -> str:
        """Return the id of its image."""
        return str(node.extra.get("imageId") or "")


class Rackspace(OpenStack):
    """OpenStack's API with Rackspace's own login and without security groups."""

    title = "Rackspace"
    regional = "region"
    firewall = False
    credentials = "`key` user, `secret` API key"

    @classmethod
    def connect(
        cls, provider: str, key: str | None, secret: str | None, arguments: Mapping[str, Any]
    ) -> NodeDriver:
        """Return a driver."""
        return super(OpenStack, cls).connect(provider, key, secret, arguments)

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node`` without groups."""
        return {**super(OpenStack, self).arguments(wanted)}

    def prepare_firewall(self, wanted: Request) -> None:
        """Leave it to the node."""

    def firewalls(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Tell nothing."""
        return None

    def clean_firewalls(self, environment: str) -> list[str]:
        """Find nothing."""
        return []


def _of(what: str, name: str, listed: Mapping[str, Any]) -> Any:
    if name not in listed:
        raise NotOffered(f"{what} {name!r} does not exist; there are: {', '.join(sorted(listed)) or 'none'}")
    return listed[name]


def _parts(rule: Any) -> list[rules.Single]:
    if rule.direction != "ingress" or not rule.ip_protocol:
        return []
    protocol, port = str(rule.ip_protocol), int(rule.from_port or 0)
    if rule.to_port not in (None, rule.from_port):
        protocol = f"{protocol} to {rule.to_port}"
    return [(protocol, port, str(rule.ip_range or "0.0.0.0/0"))]
