"""Linode (Akamai)."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.base import Node

from meridian.cloud import tags as tagging
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, UserData, generated_password


class Linode(AttachesVolumes):
    """Linodes, through version 4 of the API."""

    title = "Linode (Akamai)"
    user_data = UserData("ex_userdata", 16 * 1024)
    tags = "create"
    volume_name_limit = 32
    credentials = "`key` personal access token"

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the tags."""
        return {"ex_tags": tagging.to_words(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the tags."""
        return tagging.from_words(node.extra.get("tags"))

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: a root password is asked for, and told to nobody."""
        found = {"root_pass": generated_password(), "ex_private_ip": True, **super().arguments(wanted)}
        if wanted.ssh_public_key:
            found.setdefault("ex_authorized_keys", [wanted.ssh_public_key])
        return found
