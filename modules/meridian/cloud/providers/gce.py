"""Google Compute Engine."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from libcloud.compute.base import Node, NodeDriver

from meridian.cloud import tags as tagging
from meridian.cloud.errors import NotOffered
from meridian.cloud.inventory import choose
from meridian.cloud.providers import rules
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, UserData
from meridian.common.errors import MeridianError


class GCE(Adapter):
    """Machines with labels and metadata; firewall rules aim at network tags."""

    title = "Google Compute Engine"
    # Part of ex_metadata, which holds SSH keys as well.
    user_data = UserData("", 256 * 1024)
    tags = "create"
    firewall = True
    volumes = "create"
    credentials = "`key` service account's address, `secret` its JSON key, `arguments.project`"
    dotted_names = False

    @classmethod
    def connect(
        cls, provider: str, key: str | None, secret: str | None, arguments: Mapping[str, Any]
    ) -> NodeDriver:
        """Return a driver; the access token is kept in memory only, not beside other programs' ones."""
        if not arguments.get("project"):
            raise MeridianError("cloud.providers.d/: gce needs arguments: {project: …}")
        return super().connect(provider, key, secret, {"credential_file": os.devnull, **arguments})

    def location(self, wanted: str, zone: str = "") -> Any:
        """Return the zone: libcloud's locations are zones; of a region alone the first one."""
        if not (wanted or zone):
            return None
        offered = self.conn.list_locations()
        if not zone:
            inside = sorted(
                (one for one in offered if one.name.startswith(f"{wanted}-")), key=lambda o: o.name
            )
            if inside:
                return inside[0]
        return choose("location", zone or wanted, offered)

    def sizes(self, location: Any = None) -> list[Any]:
        """Return the machine types of a zone."""
        return list(self.conn.list_sizes(location=location))

    def images(self, location: Any = None) -> list[Any]:
        """Return the project's own images."""
        return list(self.conn.list_images(ex_project=self.conn.project))

    def image(self, wanted: str, location: Any = None) -> Any:
        """Return an image by ``<project>/<family>``, or one of the project's own by name or family."""
        project, slash, family = wanted.rpartition("/")
        found = self.conn.ex_get_image_from_family(family, ex_project_list=[project] if slash else None)
        if not found and not slash:
            found = next((image for image in self.images() if image.name == wanted), None)
        if not found:
            raise NotOffered(
                f"image {wanted!r} does not exist: name <project>/<family>, e.g. debian-cloud/debian-12"
            )
        return found

    def tag_arguments(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the labels."""
        return {"ex_labels": tagging.to_labels(tags)}

    def tags_of(self, node: Node) -> dict[str, str]:
        """Return the labels as tags."""
        return tagging.from_labels(node.extra.get("labels"))

    def arguments(self, wanted: Request) -> dict[str, Any]:
        """Return the arguments of ``create_node``: metadata, network tag, disks beside the uniform ones."""
        found = super().arguments(wanted)
        items = [{"key": "user-data", "value": wanted.user_data}] if wanted.user_data else []
        if wanted.ssh_public_key:
            items.append({"key": "ssh-keys", "value": f"root:{wanted.ssh_public_key}"})
        if items:
            found["ex_metadata"] = {"items": items}
        network = {"name": "ex_network", "subnet": "ex_subnetwork"}
        found |= {keyword: wanted.network[key] for key, keyword in network.items() if wanted.network.get(key)}
        if wanted.network.get("public_ip") is False:
            found["external_ip"] = None
        if wanted.firewall is not None:
            found["ex_tags"] = [_target(wanted.tags)]
        if wanted.volumes:
            found["ex_disks_gce_struct"] = self._disks(found["name"], wanted)
        return {**found, **wanted.extra}

    def prepare_firewall(self, wanted: Request) -> None:
        """Have a rule for each group of sources of the machine's role, and no others."""
        if wanted.firewall is None:
            return
        target = _target(wanted.tags)
        there = {
            rule.name: rule for rule in self.conn.ex_list_firewalls() if target in (rule.target_tags or ())
        }
        for index, (sources, ports) in enumerate(rules.by_sources(wanted.firewall)):
            name = f"{target}-{index}"[-63:].lstrip("-")
            allowed = [
                {"IPProtocol": p, "ports": [str(port) for q, port, _ in ports if q == p]}
                for p in sorted({protocol for protocol, _, _ in ports})
            ]
            old = there.pop(name, None)
            if (
                old is not None
                and old.allowed == allowed
                and sorted(old.source_ranges or ()) == list(sources)
            ):
                continue
            if old is not None:
                old.allowed, old.source_ranges = allowed, list(sources)
                self.conn.ex_update_firewall(old)
            else:
                self.conn.ex_create_firewall(
                    name,
                    allowed,
                    network=wanted.network.get("name", "default"),
                    source_ranges=list(sources),
                    target_tags=[target],
                )
        for left in there.values():
            self.conn.ex_destroy_firewall(left)

    def firewalls(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return what the rules that aim at each machine's network tags let in."""
        listed = [rule for rule in self.conn.ex_list_firewalls() if rule.allowed and rule.source_ranges]
        return {
            str(node.id): rules.joined(
                part
                for rule in listed
                if set(rule.target_tags or ()) & set(node.extra.get("tags") or ())
                for part in _parts(rule)
            )
            for node in nodes
        }

    def clean_firewalls(self, environment: str) -> list[str]:
        """Remove the environment's rules whose network tag no machine has any more."""
        used = {tag for node in self.nodes() for tag in node.extra.get("tags") or ()}
        gone = []
        for rule in self.conn.ex_list_firewalls():
            targets = set(rule.target_tags or ())
            if any(t.startswith(rules.prefix(environment, "-")) for t in targets) and not targets & used:
                self.conn.ex_destroy_firewall(rule)
                gone.append(str(rule.name))
        return sorted(gone)

    def volumes_of(self, nodes: Sequence[Node]) -> dict[str, list[dict[str, Any]]] | None:
        """Return each machine's disks but for the one that it boots from."""
        return {
            str(node.id): [
                {
                    "id": disk.get("source", ""),
                    "name": disk["deviceName"],
                    "size_gb": int(disk.get("diskSizeGb", 0)),
                }
                for disk in node.extra.get("disks") or ()
                if not disk.get("boot")
            ]
            for node in nodes
        }

    def _disks(self, name: str, wanted: Request) -> list[dict[str, Any]]:
        boot = {"diskName": name, "sourceImage": wanted.image.extra["selfLink"]}
        found: list[dict[str, Any]] = [
            {"boot": True, "autoDelete": True, "type": "PERSISTENT", "deviceName": name}
        ]
        found[0]["initializeParams"] = boot
        for volume in wanted.volumes:
            parameters: dict[str, Any] = {"diskName": f"{name}-{volume.name}", "diskSizeGb": volume.size_gb}
            if volume.type:
                zone = wanted.location.name if wanted.location else self.conn.zone.name
                parameters["diskType"] = f"zones/{zone}/diskTypes/{volume.type}"
            found.append(
                {
                    "boot": False,
                    "autoDelete": True,
                    "type": "PERSISTENT",
                    "mode": "READ_WRITE",
                    "deviceName": volume.name,
                    "initializeParams": parameters,
                }
            )
        return found


def _target(tags: Mapping[str, str]) -> str:
    return rules.name(tags, "-")[:61].rstrip("-")


def _parts(rule: Any) -> list[rules.Single]:
    return [
        (str(one["IPProtocol"]), int(str(port).partition("-")[0]), source)
        for one in rule.allowed
        for port in one.get("ports") or ["0"]
        for source in rule.source_ranges
    ]
