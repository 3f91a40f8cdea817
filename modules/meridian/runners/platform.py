"""
The platform as a whole: its outline for orchestrations, its lock, its status and its verification.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from meridian import paths
from meridian.deployment import lock as deployment_lock
from meridian.deployment import outline as deployment_outline
from meridian.deployment import preflight as deployment_preflight
from meridian.edge import progress
from meridian.edge.pillar_source import load_topology
from meridian.errors import MeridianError

if TYPE_CHECKING:
    __opts__: dict[str, Any]


def outline(environment: str = "local") -> dict[str, Any]:
    """
    Return what an orchestration needs to know of an environment: its regions and which nodes do what.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.outline environment=local
    """
    return deployment_outline.outline(load_topology(__opts__, environment))


def validate(environment: str = "local") -> dict[str, Any]:
    """
    Validate the merged pillar; every error at once, each with its file and key.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.validate environment=local
    """
    topology = load_topology(__opts__, environment)
    return {"ok": True, "comment": f"{len(topology.regions)} regions, {len(topology.nodes)} nodes"}


def preflight(environment: str = "local") -> dict[str, Any]:
    """
    Check what the deployment will need before anything is touched: memory, disk, kernel limits.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.preflight environment=local
    """
    topology = load_topology(__opts__, environment)
    if topology.provider == "local":
        deployment_preflight.check(topology, paths.cache())
    return {"ok": True}


def lock(environment: str = "local", what: str = "deploy") -> dict[str, Any]:
    """
    Take the environment's lock for the life of the calling process.

    environment
        Name of the environment.
    what
        What the caller does, for the message that others see.

    CLI Example:

    .. code-block:: bash

        salt-run platform.lock environment=local
    """
    deployment_lock.acquire(environment, paths.state() / "locks", what)
    return {"ok": True}


def status(environment: str = "local") -> dict[str, Any]:
    """
    Return the state of the whole platform, read from the nodes, brokers, workers and the store.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.status environment=local
    """
    from meridian.edge import status as edge_status

    return edge_status.gather(__opts__, load_topology(__opts__, environment))


def verify(environment: str = "local", full: bool = False, junit: str = "") -> dict[str, Any]:
    """
    Prove the platform: testinfra on every node and canary messages through every flow; with ``full`` the
    flights check as well.

    environment
        Name of the environment.
    full
        Whether to run the flights check too.
    junit
        Path of a JUnit file to write; none when empty.

    CLI Example:

    .. code-block:: bash

        salt-run platform.verify environment=local full=True
    """
    from meridian.verification.run import run_full, run_short

    topology = load_topology(__opts__, environment)
    run = run_full if full else run_short
    result = run(
        topology,
        lambda message: progress.report(__opts__, "verify", "note", message=message),
        junit=junit or str(paths.state() / "reports" / environment / "verify.xml"),
    )
    rows = [asdict(row) for row in result.rows]
    progress.report(__opts__, "verify", "rows", rows=rows)
    if not result.ok:
        wrong = [
            f"{row['name']}: expected {row['expected']}, seen {row['seen']}" for row in rows if not row["ok"]
        ]
        raise MeridianError(f"verification failed: {'; '.join(wrong) or 'no check ran'}")
    return {"ok": True, "rows": rows, "comment": f"{len(rows)} checks passed in {result.seconds:.0f} s"}


def forget(environment: str = "local") -> dict[str, Any]:
    """
    Remove what the controller keeps of a destroyed environment: keys, credentials, reports.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.forget environment=local
    """
    import shutil

    changes = []
    for folder in (paths.secrets(environment), paths.state() / "reports" / environment):
        if folder.exists():
            shutil.rmtree(folder)
            changes.append(str(folder.relative_to(paths.state())))
    return {"ok": True, "changes": changes}
