"""What a flow is doing: its connectors' state, its lag, its last error."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.connect.client import ConnectClient, ConnectError
from meridian.services.connect.health import Health, judge
from meridian.services.mirror import lag, ownership
from meridian.services.mirror.flow import MAY_LACK_TASKS, FlowSpec, from_topology
from meridian.topology.model import Topology

# The worst counts.
_RANK = ("FAILED", "MISSING", "STARTING", "STOPPED", "PAUSED", "RUNNING")


def of_flow(client: ConnectClient, flow: FlowSpec, tls: Tls | None) -> dict[str, Any]:
    """Return a flow's status.

    :param tls: identity to read the source cluster with; ``None`` for plaintext.
    :return: ``state`` (RUNNING, STARTING, PAUSED, STOPPED, FAILED, MISSING), ``lag_records`` and
        ``lag_seconds`` (None when they cannot be known), ``error`` (empty when all is well) and
        ``connectors`` (name → state).
    """
    return _status(client, flow, client.connectors(), tls)


def of_flows(client: ConnectClient, flows: list[FlowSpec], tls: Tls | None) -> dict[str, dict[str, Any]]:
    """Return the status of flows on one Connect cluster, by name; their sources are asked in parallel."""
    if not flows:
        return {}
    seen = client.connectors()
    with ThreadPoolExecutor(max_workers=min(4, len(flows))) as pool:
        found = list(pool.map(lambda flow: _status(client, flow, seen, tls), flows))
    return {flow.name: status for flow, status in zip(flows, found, strict=True)}


def of_topology(topology: Topology, client_folder: Path) -> dict[str, dict[str, Any]]:
    """Return the status of all flows of an environment as the operator sees them.

    :param client_folder: the operator's PEM files, ``meridian.common.paths.secrets(environment) / "client"``.
    :raises MeridianError: when no worker of a Connect cluster answers.
    """
    tls = Tls.of_operator(client_folder)
    statuses: dict[str, dict[str, Any]] = {}
    for target in sorted({flow.target for flow in topology.flows}):
        client = operator_client(topology, target, tls, patience=5)
        flows = [from_topology(topology, flow) for flow in topology.flows if flow.target == target]
        statuses |= of_flows(client, flows, tls)
    return statuses


def unmanaged(topology: Topology, client_folder: Path) -> dict[str, dict[str, str]]:
    """Return the connectors of ours that no flow of the pillar names: ``{connector: {"region", "state"}}``.

    :param client_folder: the operator's PEM files, ``meridian.common.paths.secrets(environment) / "client"``.
    :raises MeridianError: when no worker of a Connect cluster answers.
    """
    tls = Tls.of_operator(client_folder)
    found: dict[str, dict[str, str]] = {}
    for region in topology.regions:
        if not region.with_role("connect"):
            continue
        names = [flow.name for flow in topology.flows if flow.target == region.name]
        seen = operator_client(topology, region.name, tls, patience=5).connectors()
        found |= {
            name: {"region": region.name, "state": state}
            for name, state in ownership.unmanaged(seen, names).items()
        }
    return found


def worker_urls(topology: Topology, region: str) -> list[str]:
    """Return the URLs of a region's Connect workers as the controller reaches them."""
    port = topology.region(region).settings["connect"]["port"]
    return [
        f"https://{node.addresses.management}:{port}" for node in topology.region(region).with_role("connect")
    ]


def operator_client(topology: Topology, region: str, tls: Tls, patience: float = 60) -> ConnectClient:
    """Return a client of a region's Connect cluster for the controller.

    :raises MeridianError: when the region has no workers.
    """
    urls = worker_urls(topology, region)
    if not urls:
        raise MeridianError(f"region {region} of {topology.environment} has no node with the role connect")
    return ConnectClient(urls, tls, patience=patience)


def _status(
    client: ConnectClient, flow: FlowSpec, seen: Mapping[str, Mapping[str, Any]], tls: Tls | None
) -> dict[str, Any]:
    health = {
        name: judge(seen[name]["status"], kind not in MAY_LACK_TASKS) if name in seen else Health("MISSING")
        for kind, name in flow.connectors.items()
    }
    errors = [f"{name}: {found.error}" for name, found in health.items() if found.error]
    records: int | None = None
    seconds: float | None = None
    if flow.connectors["source"] in seen:
        try:
            found = lag.measure(flow, client.offsets(flow.connectors["source"]), tls)
            records, seconds = found.records, found.seconds
        except (MeridianError, ConnectError) as error:
            errors.append(str(error))
    return {
        "state": min((found.state for found in health.values()), key=_RANK.index),
        "lag_records": records,
        "lag_seconds": seconds,
        "error": "; ".join(errors),
        "connectors": {name: found.state for name, found in health.items()},
    }
