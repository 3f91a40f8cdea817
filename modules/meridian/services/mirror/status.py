"""What a flow is doing: its connectors' state, its lag, its last error."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.common.together import together
from meridian.services.connect.client import ConnectClient, ConnectError
from meridian.services.connect.health import Health, judge
from meridian.services.mirror import copies, kept_back, lag, ownership
from meridian.services.mirror.flow import MAY_LACK_TASKS, FlowSpec, from_topology
from meridian.topology.model import Topology

# Seconds for all flows: each bounds what it asks, and this what a library may make of that.
_SECONDS = 30.0
# The worst counts.
_RANK = ("FAILED", "MISSING", "STARTING", "STOPPED", "PAUSED", "RUNNING")


def of_flow(client: ConnectClient, flow: FlowSpec, tls: Tls | None) -> dict[str, Any]:
    """Return a flow's status.

    :param tls: identity to read the source cluster with; ``None`` for plaintext.
    :return: ``state`` (RUNNING, STARTING, PAUSED, STOPPED, FAILED, MISSING), ``lag_records`` and
        ``lag_seconds`` (None when they cannot be known), ``held_records`` behind open transactions, which no
        reader gets, ``removed_records`` that were gone before they were mirrored, ``error`` (empty when the
        connectors are well), ``problems`` (lines on records that are kept from the flow or were taken from
        it) and ``connectors`` (name → state).
    """
    return _status(client, flow, client.connectors(), tls, None)


def of_flows(
    client: ConnectClient, flows: list[FlowSpec], tls: Tls | None, into: Mapping[str, list[str]] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the status of flows on one Connect cluster, by name; their sources are asked in parallel.

    :param into: region → sources of the flows that end in it; ``None`` where only some flows are known.
    """
    if not flows:
        return {}
    seen = client.connectors()
    return _all({flow.name: partial(_status, client, flow, seen, tls, into) for flow in flows})


def of_topology(topology: Topology, client_folder: Path) -> dict[str, dict[str, Any]]:
    """Return the status of all flows of an environment as the operator sees them.

    :param client_folder: the operator's PEM files, ``meridian.common.paths.secrets(environment) / "client"``.
    :raises MeridianError: when no worker of a Connect cluster answers.
    """
    tls = Tls.of_operator(client_folder)
    targets = sorted({flow.target for flow in topology.flows})
    into = {target: [flow.source for flow in topology.flows if flow.target == target] for target in targets}

    def ask(target: str) -> dict[str, dict[str, Any]]:
        client = operator_client(topology, target, tls, patience=3, timeout=3)
        flows = [from_topology(topology, flow) for flow in topology.flows if flow.target == target]
        return of_flows(client, flows, tls, into)

    found = _all({target: partial(ask, target) for target in targets})
    return {name: one for statuses in found.values() for name, one in statuses.items()}


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
        seen = operator_client(topology, region.name, tls, patience=3, timeout=3).connectors()
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


def operator_client(
    topology: Topology, region: str, tls: Tls, patience: float = 60, timeout: float = 15
) -> ConnectClient:
    """Return a client of a region's Connect cluster for the controller.

    :param patience: seconds over which to repeat a request that met a rebalance or no worker.
    :param timeout: seconds to wait for one worker's answer.
    :raises MeridianError: when the region has no workers.
    """
    urls = worker_urls(topology, region)
    if not urls:
        raise MeridianError(f"region {region} of {topology.environment} has no node with the role connect")
    return ConnectClient(urls, tls, timeout=timeout, patience=patience)


def _all(asks: Mapping[str, Callable[[], dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    answers = together(asks, _SECONDS)
    for answer in answers.values():
        if isinstance(answer, Exception):
            raise answer
    return answers


def _status(
    client: ConnectClient,
    flow: FlowSpec,
    seen: Mapping[str, Mapping[str, Any]],
    tls: Tls | None,
    into: Mapping[str, list[str]] | None,
) -> dict[str, Any]:
    health = {
        name: judge(seen[name]["status"], kind not in MAY_LACK_TASKS) if name in seen else Health("MISSING")
        for kind, name in flow.connectors.items()
    }
    errors = [f"{name}: {found.error}" for name, found in health.items() if found.error]
    measured: lag.Lag | None = None
    problems: list[str] = []
    if flow.connectors["source"] in seen:
        try:
            committed = client.offsets(flow.connectors["source"])
            measured = lag.measure(flow, committed, tls)
            problems = _problems(flow, measured, into)
            problems += copies.problems(flow, measured.mirrored, tls)
        except (MeridianError, ConnectError) as error:
            errors.append(str(error))
    return {
        "state": min((found.state for found in health.values()), key=_RANK.index),
        "lag_records": measured.records if measured else None,
        "lag_seconds": measured.seconds if measured else None,
        "held_records": measured.held if measured else None,
        "removed_records": sum(measured.removed.values()) if measured else None,
        "error": "; ".join(errors),
        "problems": problems,
        "connectors": {name: found.state for name, found in health.items()},
    }


def _problems(flow: FlowSpec, found: lag.Lag, into: Mapping[str, list[str]] | None) -> list[str]:
    # Where not all flows are known, whatever looks like a copy may be one.
    into_source = [flow.target] if into is None else into.get(flow.source, [])
    return [
        *kept_back.removed(flow.source, found.removed),
        *kept_back.made_again(flow.source, found.beyond),
        *kept_back.open_too_long(flow.source, found.open),
        *kept_back.never_mirrored(flow.source, found.passed_over, into_source),
    ]
