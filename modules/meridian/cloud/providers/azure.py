"""Microsoft Azure (Resource Manager)."""

from collections.abc import Mapping
from typing import Any

from libcloud.common.azure_arm import AzureResourceManagementConnection
from libcloud.compute.base import Node, NodeAuthPassword, NodeAuthSSHKey, NodeDriver
from libcloud.compute.drivers.azure_arm import AzureImage, AzureNodeDriver

from meridian.cloud.errors import NotOffered
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, UserData, generated_password
from meridian.common.errors import MeridianError


class _Connection(AzureResourceManagementConnection):
    """libcloud 3.9.1 puts base64 of custom data into the request as bytes, which JSON does not have."""

    def encode_data(self, data: Any) -> str:
        properties = data.get("properties") if isinstance(data, dict) else None
        profile = (properties or {}).get("osProfile") or {}
        if isinstance(profile.get("customData"), bytes):
            profile["customData"] = profile["customData"].decode("ascii")
        return str(super().encode_data(data))


class _Driver(AzureNodeDriver):
    connectionCls = _Connection


class Azure(AttachesVolumes):
    """Machines in a resource group and a network that exist already."""

    title = "Microsoft Azure (ARM)"
    user_data = UserData("ex_customdata", 64 * 1024, gzip=True)
    tags = "create"
    lists_by_location = True
    volume_type_keyword = "ex_sku_name"
    credentials = (
        "`key` application id, `secret` its secret, `arguments.tenant_id`, `arguments.subscription_id`"
    )
    dotted_names = False

    @classmethod
    def driver_class(cls, provider: str) -> type[NodeDriver]:
        """Return libcloud's driver with its custom data mended."""
        return _Driver

    @classmethod
    def connect(
        cls, provider: str, key: str | None, secret: str | None, arguments: Mapping[str, Any]
    ) -> NodeDriver:
        """Return a driver; it logs in at once."""
        missing = [name for name in ("tenant_id", "subscription_id") if not arguments.get(name)]
        if missing:
            raise MeridianError(f"cloud.providers.d/: azure_arm needs arguments: {', '.join(missing)}")
        return _Driver(key=key, secret=secret, **arguments)

    def image(self, wanted: str, location: Any = None) -> Any:
        """Return an image by ``publisher:offer:sku:version``; the version may be ``latest``.

        Azure's catalogue takes hours to list, and is not listed.
        """
        parts = wanted.split(":")
        if len(parts) != 4:
            raise NotOffered(
                f"image {wanted!r}: name publisher:offer:sku:version, e.g. Debian:debian-12:12-gen2:latest"
            )
        publisher, offer, sku, version = parts
        place = location or self.conn.default_location
        if not self.conn.list_images(place, publisher, offer, sku, None if version == "latest" else version):
            raise NotOffered(f"image {wanted!r} is not offered in {getattr(place, 'id', 'this location')}")
        return AzureImage(version, sku, offer, publisher, getattr(place, "id", None), self.conn)

    def images(self, location: Any = None) -> list[Any]:
        """Return Debian's images: the whole catalogue would take hours."""
        return list(self.conn.list_images(location or self.conn.default_location, "Debian"))

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the tags."""
        return {"ex_tags": dict(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the tags."""
        return {str(key): str(value) for key, value in (node.extra.get("tags") or {}).items()}

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: who logs in, resource group, network, managed disks."""
        found = super().arguments(wanted)
        if "ex_customdata" in found and isinstance(found["ex_customdata"], str):
            found["ex_customdata"] = found["ex_customdata"].encode()
        network = wanted.network
        found |= {
            "auth": NodeAuthSSHKey(wanted.ssh_public_key)
            if wanted.ssh_public_key
            else NodeAuthPassword(generated_password()),
            "ex_resource_group": network.get("resource_group"),
            "ex_network": network.get("name"),
            "ex_subnet": network.get("subnet", "default"),
            "ex_use_managed_disks": True,
            "ex_os_disk_delete": True,
            **wanted.extra,
        }
        missing = [name for name in ("ex_resource_group", "ex_network") if not found[name]]
        if missing and "ex_nic" not in found:
            raise MeridianError(
                "cloud.profiles.d/: azure_arm needs network: {resource_group: …, name: …}; both must exist"
            )
        return found

    def volume_arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the resource group that the disk is made in."""
        return {"ex_resource_group": wanted.network.get("resource_group")}

    def size_of(self, node: Node) -> str:
        """Return its VM size."""
        properties = node.extra.get("properties") or {}
        return str((properties.get("hardwareProfile") or {}).get("vmSize") or "")

    def image_of(self, node: Node) -> str:
        """Return its image as a profile names it."""
        storage = (node.extra.get("properties") or {}).get("storageProfile") or {}
        image = storage.get("imageReference") or {}
        return ":".join(str(image.get(key, "")) for key in ("publisher", "offer", "sku", "version")).strip(
            ":"
        )
