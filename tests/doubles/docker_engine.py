"""A Docker engine in memory: as much of the SDK's client as the local cloud uses."""

import builtins
from types import SimpleNamespace
from typing import Any

import docker.errors


class Engine:
    """Stands in for ``docker.DockerClient``.

    :ivar refuse: what ``start`` answers for a container name: text of a refusal.
    """

    def __init__(self) -> None:
        self.containers_by_id: dict[str, dict[str, Any]] = {}
        self.made = 0
        self.unpacked: dict[str, bytes] = {}
        self.refuse: dict[str, str] = {}
        self.known_networks: list[Any] = []
        self.api = self
        self.networks = SimpleNamespace(list=self._list_networks, create=self._create_network)
        self._base_url = "http+docker://localhost"

    # The SDK's low level, as local_driver uses it.

    def create_container_from_config(self, config: dict[str, Any], name: str) -> dict[str, Any]:
        self.made += 1
        number = f"id-{self.made}"
        if any(held["Names"] == [f"/{name}"] for held in self.containers_by_id.values()):
            raise refusal(409, f"The container name {name} is already in use")
        self.containers_by_id[number] = {
            "Id": number,
            "Names": [f"/{name}"],
            "Image": config["Image"],
            "Labels": config["Labels"],
            "State": "created",
            "Status": "Created",
            "NetworkSettings": {"Networks": dict(config["NetworkingConfig"]["EndpointsConfig"])},
        }
        return {"Id": number}

    def _url(self, template: str, *arguments: str) -> str:
        return template.format(*arguments)

    def _post_json(self, url: str, data: dict[str, Any]) -> str:
        network = url.split("/")[2]
        held = self.containers_by_id[data["Container"]]
        held["NetworkSettings"]["Networks"][network] = data["EndpointConfig"]
        return url

    def _raise_for_status(self, answer: str) -> None:
        return None

    def put_archive(self, container: str, path: str, data: bytes) -> bool:
        self.unpacked[container] = data
        return True

    def start(self, container: str) -> None:
        held = self.containers_by_id[container]
        reason = self.refuse.get(held["Names"][0].lstrip("/"))
        if reason:
            raise refusal(500, reason)
        held["State"] = "running"

    def stop(self, container: str, timeout: int = 10) -> None:
        self.containers_by_id[container]["State"] = "exited"

    def remove_container(self, container: str, force: bool = False, v: bool = False) -> None:
        if container not in self.containers_by_id:
            raise docker.errors.NotFound("no such container")
        del self.containers_by_id[container]

    def containers(self, all: bool = False, filters: dict[str, list[str]] | None = None) -> list[Any]:
        wanted = [entry.split("=", 1) for entry in (filters or {}).get("label", [])]
        return [
            held
            for held in self.containers_by_id.values()
            if builtins.all(held["Labels"].get(key) == value for key, value in wanted)
        ]

    def images(self, name: str = "") -> list[dict[str, Any]]:
        return [
            {"Id": "sha256:old", "RepoTags": [f"{name}:one"], "Created": 1},
            {"Id": "sha256:new", "RepoTags": [f"{name}:two"], "Created": 2},
        ]

    # Networks.

    def _list_networks(self, names: Any = None, filters: Any = None) -> list[Any]:
        return [n for n in self.known_networks if names is None or f"^{n.name}$" in names]

    def _create_network(self, name: str, **settings: Any) -> Any:
        subnet = settings["ipam"]["Config"][0]["Subnet"]
        if any(subnet == pool["Subnet"] for n in self.known_networks for pool in n.attrs["IPAM"]["Config"]):
            raise refusal(403, "Pool overlaps with other one on this address space")
        made = network(name, subnet, settings["labels"])
        self.known_networks.append(made)
        return made


def network(name: str, subnet: str, labels: dict[str, str] | None = None) -> Any:
    """Return a network as the SDK describes it."""
    return SimpleNamespace(
        name=name, attrs={"IPAM": {"Config": [{"Subnet": subnet}]}, "Labels": labels or {}}
    )


def refusal(status: int, reason: str) -> docker.errors.APIError:
    """Return the exception with which the SDK reports a refusal."""
    response: Any = SimpleNamespace(status_code=status, reason=reason, url="")
    return docker.errors.APIError(reason, response=response, explanation=reason)
