"""The wide area network of the local cloud: one gateway per region, through which all other regions are met.

A gateway owns the addresses of all remote servers and forwards each connection to the server's management
address, late by half the round trip in each direction.
"""

import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import docker.errors

from meridian.cloud.local import gateway_agent, labels, networks
from meridian.cloud.local.allocation import Allocation
from meridian.cloud.local.container import Attachment, File, Machine
from meridian.cloud.local.driver import remove, run
from meridian.common.errors import MeridianError
from meridian.topology.model import Node, Region, Topology

log = logging.getLogger(__name__)

AGENT = "/usr/local/sbin/meridian-gateway"
HASH_LABEL = "meridian.links"
MEMORY_MB = 256


@dataclass(frozen=True)
class Link:
    """One remote server as seen from a region.

    :ivar name: ``<target region>.<node name>.<port>``.
    :ivar target: the region that the server is in.
    :ivar listen: ``address:port`` that the region's nodes connect to.
    :ivar upstream: ``address:port`` where the server really is.
    :ivar latency_ms: delay in each direction, half of the round trip.
    """

    name: str
    target: str
    listen: str
    upstream: str
    latency_ms: float


def enabled(topology: Topology) -> bool:
    """Return whether what crosses regions goes through gateways (``local.wan``)."""
    return topology.provider == "local" and bool(topology.settings.get("local", {}).get("wan", True))


def round_trip_ms(table: Mapping[str, Mapping[str, float]], one: str, other: str) -> float:
    """Return the round trip between two regions; the table need hold each pair only once; 0 without one."""
    for first, second in ((one, other), (other, one)):
        if second in table.get(first, {}):
            return float(table[first][second])
    return 0.0


def ports(region: Region, node: Node) -> list[int]:
    """Return the ports of a node that other regions may reach."""
    found = []
    if "kafka" in node.roles:
        found.append(int(region.settings["kafka"]["ports"]["external"]))
    if node in region.entries:
        found.append(int(region.settings["proxy"]["ports"]["external"]))
    if "objectstore" in node.roles:
        found.append(int(region.settings["objectstore"]["port"]))
    return found


def links(topology: Topology, region: str) -> tuple[Link, ...]:
    """Return all remote servers that a region's gateway stands for.

    :param topology: the environment.
    :param region: name of the region that the gateway is in.
    """
    table = topology.settings.get("local", {}).get("round_trip_ms", {})
    return tuple(
        Link(
            name=f"{other.name}.{node.name}.{port}",
            target=other.name,
            listen=f"{node.addresses.region}:{port}",
            upstream=f"{node.addresses.management}:{port}",
            latency_ms=round_trip_ms(table, region, other.name) / 2,
        )
        for other in topology.regions
        if other.name != region
        for node in other.nodes
        for port in ports(other, node)
    )


def machine(topology: Topology, region: Region, given: Allocation, image: str, toxiproxy: str) -> Machine:
    """Return a region's gateway as a container.

    :param image: id or tag of the node image.
    :param toxiproxy: path of ``toxiproxy-server`` in that image.
    """
    config = {"server": toxiproxy, "links": [asdict(link) for link in links(topology, region.name)]}
    marks = labels.of(given.platform, labels.GATEWAY, topology.environment, region.name)
    name = gateway_name(topology.environment, region.name, given.platform)
    config_text = json.dumps(config, indent=1, sort_keys=True)
    agent_text = Path(gateway_agent.__file__).read_text(encoding="utf-8")
    return Machine(
        name=name,
        hostname=name.rpartition(".")[0],
        image=image,
        labels={**marks, HASH_LABEL: gateway_agent.digest(config_text + agent_text + image)},
        attachments=(
            Attachment(
                networks.management_name(given.platform),
                given.addresses.wan_gateway_management(region.index),
            ),
            Attachment(
                networks.region_name(given.platform, topology.environment, region.name),
                given.addresses.wan_gateway(region.index),
            ),
        ),
        memory_mb=MEMORY_MB,
        command=("/usr/bin/python3", AGENT, "serve"),
        stop_signal="SIGTERM",
        capabilities=("NET_ADMIN",),
        files={AGENT: File(agent_text.encode(), 0o755), gateway_agent.CONFIG: File(config_text.encode())},
    )


def gateway_name(environment: str, region: str, platform: str) -> str:
    """Return the name of a region's gateway container."""
    return f"wan.{region}.{environment}.{platform}"


def ensure_gateways(
    topology: Topology, given: Allocation, image: str, client: Any, toxiproxy: str = gateway_agent.SERVER
) -> list[str]:
    """Have each region's gateway run with today's links; none where the WAN is switched off.

    A gateway whose links, program or image differ is replaced; connections through it break once.

    :param topology: the environment.
    :param given: its addresses.
    :param image: id or tag of the node image.
    :param client: Docker client.
    :param toxiproxy: path of ``toxiproxy-server`` in the image.
    :returns: names of the gateways that were made, replaced, started or removed.
    :raises MeridianError: a gateway did not come up.
    """
    found = {c.name: c for c in gateways(client, given.platform, topology.environment)}
    regions = topology.regions if enabled(topology) and len(topology.regions) > 1 else ()
    wanted = {m.name: m for m in (machine(topology, r, given, image, toxiproxy) for r in regions)}
    changed = []
    for name, container in found.items():
        if name in wanted and container.labels.get(HASH_LABEL) == wanted[name].labels[HASH_LABEL]:
            if container.status != "running":
                container.start()
                changed.append(name)
            del wanted[name]
        else:
            remove(client, container.id)
            changed.append(name)
    with ThreadPoolExecutor(max_workers=4) as pool:
        changed += [
            name for name, _ in zip(wanted, pool.map(run, repeat(client), wanted.values()), strict=True)
        ]
        waits = [
            pool.submit(_agent, client, given.platform, topology.environment, region.name, "wait")
            for region in regions
        ]
    for wait in waits:
        wait.result()
    return sorted(set(changed))


def remove_gateways(client: Any, platform: str, environment: str) -> list[str]:
    """Remove an environment's gateways.

    :returns: their names.
    """
    found = gateways(client, platform, environment)
    for container in found:
        remove(client, container.id)
    return [str(container.name) for container in found]


def gateways(client: Any, platform: str, environment: str) -> list[Any]:
    """Return an environment's gateway containers, running or not."""
    wanted = labels.filters(platform, labels.GATEWAY, environment)
    return list(client.containers.list(all=True, filters=wanted))


def status(client: Any, platform: str, environment: str) -> dict[str, dict[str, Any]]:
    """Return what each gateway does now.

    :returns: ``{region: {target region: {"state": "up" | "cut" | "stalled", "round_trip_ms": float}}}``.
    """
    return {
        region: json.loads(_agent(client, platform, environment, region, "status"))
        for region in sorted(
            c.labels[labels.REGION] for c in gateways(client, platform, environment) if c.status == "running"
        )
    }


def cut(client: Any, platform: str, environment: str, source: str, target: str, stall: bool = False) -> None:
    """Cut the link from one region to another: what the source's nodes have open to the target breaks.

    :param source: region whose nodes lose the other.
    :param target: region that they lose. The way back is a link of its own.
    :param stall: swallow silently instead of breaking connections, as a dead router does.
    """
    _agent(client, platform, environment, source, "stall" if stall else "cut", target)


def slow(client: Any, platform: str, environment: str, source: str, target: str, round_trip: float) -> None:
    """Give a link another round-trip time, in milliseconds, until it is restored."""
    _agent(client, platform, environment, source, "slow", target, str(round_trip / 2))


def restore(client: Any, platform: str, environment: str, source: str, target: str) -> None:
    """Put a link back as pillar describes it."""
    _agent(client, platform, environment, source, "restore", target)


def _agent(client: Any, platform: str, environment: str, region: str, *arguments: str) -> str:
    name = gateway_name(environment, region, platform)
    found = [c for c in gateways(client, platform, environment) if c.name == name]
    if not found:
        raise MeridianError(
            f"environment {environment} has no WAN gateway in region {region}: deploy it first"
        )
    try:
        code, output = found[0].exec_run(["/usr/bin/python3", AGENT, *arguments])
    except docker.errors.APIError as problem:
        code, output = 1, b""
        log.debug("%s: %s", name, problem)
    if code:
        # A gateway that cannot start has its reason in its log, else the verb itself told it.
        lines = (output or found[0].logs(tail=5)).decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"it is {found[0].status} and says nothing"
        raise MeridianError(f"WAN gateway {name}: {reason}")
    return str(output.decode(errors="replace").strip())
