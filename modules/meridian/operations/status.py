"""The whole platform's state, asked of those who know: minions, brokers, workers, the object store."""

from collections.abc import Callable
from typing import Any

from meridian.common import paths
from meridian.common.together import together
from meridian.operations import readers, supervision, work_dirs
from meridian.salt_api import minions
from meridian.services.elasticsearch import operator
from meridian.services.mirror.ownership import running
from meridian.topology.model import Region, Topology

#: Seconds after which the status is told, whoever has not answered.
SECONDS = 8.5
_NO_SEARCH = {"health": None, "nodes": 0, "documents": None}


def gather(opts: dict[str, Any], topology: Topology) -> dict[str, Any]:
    """Return the facts that ``./meridian status --json`` prints.

    Each part is asked on its own and in parallel; one that does not answer within :data:`SECONDS` becomes a
    line of ``problems``, never a missing key.

    :param opts: the master's options.
    :param topology: the environment.
    """
    asks: dict[str, tuple[Callable[[], Any], Any]] = {
        "nodes": (lambda: _nodes(opts, topology), {}),
        **{f"cluster {region.name}": (_cluster(region, topology), None) for region in topology.regions},
        "flows": (lambda: _flows(topology), {}),
        "connectors": (lambda: _unmanaged(topology), {}),
        "restarts": (lambda: _restarts(opts, topology), {}),
        "topics of flows": (lambda: _overlaps(topology), []),
        "archive": (lambda: _archive(topology), {}),
        "search": (lambda: operator.of_topology(topology), {}),
        "Mesos": (lambda: work_dirs.problems(opts, topology), []),
        "archivers": (lambda: readers.ask(opts, topology), []),
    }
    answers = together({name: ask for name, (ask, _) in asks.items()}, SECONDS)
    problems = [f"{name}: {_said(answer)}" for name, answer in answers.items() if _failed(answer)]
    found = {name: asks[name][1] if _failed(answer) else answer for name, answer in answers.items()}
    found_nodes: dict[str, bool] = found["nodes"]
    found_flows, found_archive, found_search = found["flows"], found["archive"], found["search"]
    problems += [*found["Mesos"], *found["topics of flows"], *found["archivers"]]
    problems += found["restarts"].get("problems", ())
    facts: dict[str, Any] = {
        "environment": topology.environment,
        "ok": False,
        "nodes": {"total": len(topology.nodes), "up": sum(found_nodes.values())},
        "clusters": {
            region.name: _cluster_facts(region, found[f"cluster {region.name}"])
            for region in topology.regions
        },
        "flows": {flow.name: _flow_facts(found_flows.get(flow.name)) for flow in topology.flows},
        "unmanaged_connectors": found["connectors"],
        "restarts": found["restarts"].get("parts", []),
        "archive": {
            region.name: _archive_facts(found_archive.get(region.name))
            for region in topology.regions
            if region.with_role("archive")
        },
        "search": {
            region.name: dict(found_search.get(region.name) or _NO_SEARCH)
            for region in topology.regions
            if region.search
        },
        "client": _client(topology.environment),
        "problems": problems,
    }
    problems += _judge(facts, found_nodes, topology)
    facts["ok"] = not problems
    return facts


def _failed(answer: Any) -> bool:
    """Return whether an answer is an error; whatever a client library raises is a fact about the platform."""
    return isinstance(answer, Exception)


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


def _nodes(opts: dict[str, Any], topology: Topology) -> dict[str, bool]:
    ids = [node.id for node in topology.nodes]
    found = minions.answers(opts, ids, "test.ping", 3, find_seconds=3)
    return {node_id: found.get(node_id) is True for node_id in ids}


def _cluster(region: Region, topology: Topology) -> Callable[[], Any]:
    def ask() -> Any:
        from meridian.services.kafka import client, cluster

        tls = client.Tls.of_operator(paths.secrets(topology.environment) / "client")
        return cluster.describe(client.admin(region.kafka_bootstrap_external, tls), SECONDS - 1)

    return ask


def _flows(topology: Topology) -> dict[str, Any]:
    from meridian.services.mirror import status

    return dict(status.of_topology(topology, paths.secrets(topology.environment) / "client"))


def _unmanaged(topology: Topology) -> dict[str, dict[str, str]]:
    from meridian.services.mirror import status

    return status.unmanaged(topology, paths.secrets(topology.environment) / "client")


def _restarts(opts: dict[str, Any], topology: Topology) -> dict[str, Any]:
    return supervision.of_topology(opts, topology)


def _overlaps(topology: Topology) -> list[str]:
    from meridian.services.mirror import overlaps

    return overlaps.of_topology(topology, paths.secrets(topology.environment) / "client")


def _archive(topology: Topology) -> dict[str, Any]:
    from meridian.services.archive import status

    return dict(status.of_topology(topology, paths.secrets(topology.environment)))


def _cluster_facts(region: Region, described: Any) -> dict[str, Any]:
    return {
        "bootstrap": region.kafka_bootstrap_external,
        "brokers": len(region.broker_ids),
        "brokers_up": len(described.brokers) if described else 0,
        "under_replicated": len(described.under_replicated) if described else None,
    }


def _flow_facts(found: Any) -> dict[str, Any]:
    return dict(found) if found else {"state": "UNKNOWN", "lag_records": None, "lag_seconds": None}


def _archive_facts(found: Any) -> dict[str, Any]:
    return dict(found) if found else {"objects": None, "bytes": None, "lag_records": None}


def _client(environment: str) -> dict[str, str]:
    folder = paths.secrets(environment) / "client"
    return {
        "ca": str(folder / "ca.pem"),
        "certificate": str(folder / "operator.pem"),
        "key": str(folder / "operator.key"),
    }


def _judge(facts: dict[str, Any], nodes: dict[str, bool], topology: Topology) -> list[str]:
    """Return what is not well, one line each."""
    problems = [f"node {node.id} does not answer" for node in topology.nodes if not nodes.get(node.id)]
    for name, row in facts["clusters"].items():
        if row["brokers_up"] != row["brokers"]:
            problems.append(f"cluster {name}: {row['brokers_up']} of {row['brokers']} brokers are up")
        if row["under_replicated"]:
            problems.append(f"cluster {name}: {row['under_replicated']} partitions are under-replicated")
    for name, row in facts["search"].items():
        wanted = len(topology.region(name).with_role("elasticsearch"))
        if (row["health"], row["nodes"]) != ("green", wanted):
            problems.append(f"search {name}: {row['health']}, {row['nodes']} of {wanted} nodes are up")
    for name, row in facts["flows"].items():
        reason = f": {row['error']}" if row.get("error") else ""
        if row["state"] not in ("RUNNING", "PAUSED") or reason:
            problems.append(f"flow {name} is {row['state']}{reason}")
        problems += [f"flow {name}: {line}" for line in row.get("problems", ())]
    for name, row in facts["archive"].items():
        if row.get("problem"):
            problems.append(f"archive {name}: {row['problem']}")
    return problems + running(facts["unmanaged_connectors"])
