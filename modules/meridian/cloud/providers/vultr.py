"""Vultr."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.base import Node

from meridian.cloud import tags as tagging
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, UserData


class Vultr(AttachesVolumes):
    """Instances, through version 2 of the API; they have one tag, which holds all of ours."""

    title = "Vultr"
    user_data = UserData("ex_userdata", 64 * 1024)
    tags = "create"
    ssh_keyword = "ex_ssh_key_ids"
    ssh_keyword_list = True
    credentials = "`key` API key"

    def sizes(self, location: Any = None) -> list[Any]:
        """Return the sizes that are offered at a location."""
        found = self.conn.list_sizes()
        if location is None:
            return list(found)
        return [size for size in found if location.id in (size.extra.get("locations") or [location.id])]

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the one tag."""
        return {"ex_tag": ",".join(tagging.to_words(tags))}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return what the one tag holds."""
        return tagging.from_words(word for word in str(node.extra.get("tag") or "").split(",") if word)

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: the host name is one of its own."""
        return {"ex_hostname": self.machine_name(wanted.name), **super().arguments(wanted)}
