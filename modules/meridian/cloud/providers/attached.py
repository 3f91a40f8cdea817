"""Data volumes made beside a machine and attached to it, where a provider cannot make them with it."""

import hashlib
import inspect
import time
from collections.abc import Callable, Sequence
from typing import Any

from libcloud.compute.base import Node

from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, Volume

_TRIES = 30
_WAIT = 2.0
# What Linode, Azure, CloudStack and Vultr call the machine that has a volume.
_ATTACHED = ("linode_id", "managedBy", "instance_id", "attached_to_instance")


class AttachesVolumes(Adapter):
    """The calls that libcloud has for volumes are uniform but for their arguments.

    :cvar volume_name_limit: characters that a volume's name may have.
    :cvar volume_type_keyword: argument of ``create_volume`` that takes the type.
    """

    volumes = "attach"
    volume_name_limit = 64
    volume_type_keyword = ""
    wait: Callable[[float], None] = staticmethod(time.sleep)

    def volume_arguments(self, wanted: Request) -> dict[str, Any]:
        """Return further arguments of ``create_volume``."""
        return {}

    def make_volumes(self, node: Node, wanted: Request) -> None:
        """Have a machine's volumes: one that is there already is attached as it is, with its data."""
        if not wanted.volumes:
            return
        there = {str(volume.name): volume for volume in self.conn.list_volumes()}
        attached = {volume["name"] for volume in (self.volumes_of([node]) or {}).get(str(node.id), [])}
        for volume in wanted.volumes:
            name = self._volume_name(str(node.name), volume.name)
            if name in attached:
                continue
            made = there.get(name) or self._create(name, volume, wanted)
            self._attach(node, made)

    def volumes_of(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return each machine's volumes by its id, as far as the provider tells where they are attached."""
        listed = self.conn.list_volumes()
        found: dict[str, list[dict[str, Any]]] = {str(node.id): [] for node in nodes}
        for volume in listed:
            for identity in self.attached_to(volume) & found.keys():
                found[identity].append(
                    {"id": str(volume.id), "name": str(volume.name), "size_gb": int(volume.size or 0)}
                )
        return found

    def attached_to(self, volume: Any) -> set[str]:
        """Return the ids of the machines that a volume is attached to."""
        extra = volume.extra or {}
        found = {str(one) for one in extra.get("droplet_ids") or ()}
        found |= {str(one.get("server_id") or one.get("serverId")) for one in extra.get("attachments") or ()}
        found |= {str(one) for one in extra.get("attachedTo") or ()}
        single = (extra.get(key) for key in _ATTACHED)
        return found | {str(one) for one in single if one}

    def destroy(self, node: Node) -> bool:
        """Remove a machine, then the volumes that were made for it."""
        prefix = self._volume_name(str(node.name), "")
        mine = [volume for volume in self.conn.list_volumes() if str(volume.name).startswith(prefix)]
        for volume in mine:
            if self.attached_to(volume):
                self.conn.detach_volume(volume)
        done = super().destroy(node)
        for volume in mine:
            self._patiently(lambda volume=volume: self.conn.destroy_volume(volume))  # type: ignore[misc]
        return done

    def _create(self, name: str, volume: Volume, wanted: Request) -> Any:
        given = {"name": name, "size": volume.size_gb, **self.volume_arguments(wanted)}
        takes = inspect.signature(self.conn.create_volume).parameters
        if "location" in takes and wanted.location is not None:
            given.setdefault("location", wanted.location)
        if volume.type and self.volume_type_keyword:
            given[self.volume_type_keyword] = volume.type
        return self.conn.create_volume(**given)

    def _attach(self, node: Node, volume: Any) -> None:
        # A new volume may not be ready yet; libcloud has no uniform state for that.
        self._patiently(lambda: self.conn.attach_volume(node, volume))

    def _patiently(self, act: Callable[[], Any]) -> None:
        for attempt in range(_TRIES):
            try:
                act()
                return
            except Exception:
                if attempt == _TRIES - 1:
                    raise
                self.wait(_WAIT)

    def _volume_name(self, machine: str, volume: str) -> str:
        plain = machine.replace(".", "-")
        if len(plain) + 12 > self.volume_name_limit:
            plain = f"meridian-{hashlib.sha256(plain.encode()).hexdigest()[:10]}"
        return f"{plain}-v-{volume}"[: self.volume_name_limit]
