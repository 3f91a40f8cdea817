"""DigitalOcean."""

from typing import Any

from libcloud.compute.base import Node

from meridian.cloud import tags as tagging
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, UserData


class DigitalOcean(AttachesVolumes):
    """Droplets."""

    title = "DigitalOcean"
    user_data = UserData("ex_user_data", 64 * 1024)
    tags = "create"
    credentials = "`key` API token"

    def sizes(self, location: Any = None) -> list[Any]:
        """Return the sizes that are offered at a location."""
        found = self.conn.list_sizes()
        if location is None:
            return list(found)
        return [size for size in found if location.id in (size.extra.get("regions") or [location.id])]

    def images(self, location: Any = None) -> list[Any]:
        """Return the images; one is named by its slug, e.g. ``debian-12-x64``."""
        found = list(self.conn.list_images())
        for image in found:
            if image.extra.get("slug"):
                image.name = image.extra["slug"]
        return found

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: most go into one of its own."""
        found = super().arguments(wanted)
        attributes: dict[str, Any] = {"tags": tagging.to_words(wanted.tags), "private_networking": True}
        if wanted.ssh_key:
            attributes["ssh_keys"] = [wanted.ssh_key]
        attributes |= found.get("ex_create_attr") or {}
        return {**found, "ex_create_attr": attributes}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the tags."""
        return tagging.from_words(node.extra.get("tags"))

    def start(self, node: Node) -> bool:
        """Start a stopped machine."""
        return bool(self.conn.ex_power_on_node(node))

    def stop(self, node: Node) -> bool:
        """Shut a machine down."""
        return bool(self.conn.ex_shutdown_node(node))

    def size_of(self, node: Node) -> str:
        """Return the size's slug."""
        return str(node.extra.get("size_slug") or "")

    def image_of(self, node: Node) -> str:
        """Return the image's slug."""
        return str((node.extra.get("image") or {}).get("slug") or "")
