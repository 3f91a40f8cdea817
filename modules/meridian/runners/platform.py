"""
The platform as a whole: its outline for orchestrations, its lock, plan and drift, status and verification.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.cloud import addresses
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.operations import lock as deployment_lock
from meridian.operations import outline as deployment_outline
from meridian.operations import phases as deployment_phases
from meridian.operations import preflight as deployment_preflight
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology

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


def phases(
    environment: str = "", of: str = "deploy", pillar: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """
    Return the steps of an orchestration in order, and what each waits for.

    environment
        Name of the environment; what the pillar says when not given, else ``local``.
    of
        ``deploy``, or ``migrate`` or ``replace``, which are deployments with steps of their own.
    pillar
        The orchestration's pillar.

    CLI Example:

    .. code-block:: bash

        salt-run platform.phases environment=local
    """
    given = pillar or {}
    name = environment or str(given.get("environment") or "local")
    further = {"deploy": (), **deployment_phases.FURTHER}.get(of)
    if further is None:
        known = ", ".join(("deploy", *deployment_phases.FURTHER))
        raise MeridianError(f"of: there are no phases of {of!r}; expected one of {known}")
    wanted = (*deployment_phases.DEPLOY, *further)
    try:
        seen = outline(name)
    except MeridianError:
        # The step that validates the pillar says what is wrong with it.
        seen = None
    return deployment_phases.steps(seen, wanted, name, given)


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
    Check what the deployment will need before anything is touched: software that only its user can name, the
    clouds' credentials, a way in; in the local cloud memory and disk.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.preflight environment=local
    """
    from meridian.artifacts import needed
    from meridian.artifacts.store import Store
    from meridian.cloud.local import nodes
    from meridian.salt_api import accounts

    topology = load_topology(__opts__, environment)
    accounts.check(__opts__, topology)
    needed.refuse_unnamed(topology, Store(paths.repository(), paths.cache()))
    deployment_preflight.reachable(topology)
    if topology.is_local:
        deployment_preflight.check(topology, paths.cache(), nodes.running(environment))
    return {"ok": True}


def locate(environment: str = "local") -> dict[str, Any]:
    """
    Write down the addresses that clouds gave to an environment's machines. From then on endpoints, names,
    firewalls and certificates have them.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.locate environment=aws
    """
    from meridian.operations import create_machines

    topology = load_topology(__opts__, environment)
    remote = {node.id for region in topology.regions if not region.is_local for node in region.nodes}
    existing = create_machines.describe(__opts__, topology)["existing"] if remote else {}
    found = {name: seen for name, seen in existing.items() if name in remote}
    moved = addresses.record(environment, found)
    lost = sorted(remote - set(addresses.load(environment)))
    if lost:
        raise MeridianError(f"no address known of {', '.join(lost)}: see salt-run cloud.status {environment}")
    return {
        "ok": True,
        "changes": [f"address of {name}" for name in moved],
        "comment": f"{len(found)} addresses",
    }


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
    from meridian.operations import status as edge_status

    return edge_status.gather(__opts__, load_topology(__opts__, environment))


def plan(environment: str = "local", offline: bool = False) -> dict[str, Any]:
    """
    Return what a deployment would do and what the platform costs then; touches nothing. Machines are asked of
    their providers, states of living nodes by ``test=True``, topics of the brokers, flows of the workers.

    environment
        Name of the environment.
    offline
        Ask nobody and need no credentials: everything is to be created.

    Returns ``{"environment", "actions": [{"kind", "id", "region", "action", "reason", "cost_per_month"}],
    "cost": {"per_month", "per_hour", "currency", "unknown": [ids]}}``.

    CLI Example:

    .. code-block:: bash

        salt-run platform.plan environment=local offline=True
    """
    from meridian.operations import planned

    return planned.plan(__opts__, environment, offline).to_dict()


def drift(environment: str = "local") -> dict[str, Any]:
    """
    Return what is no longer as the pillar says: machines, states, topics, connectors; touches nothing.

    environment
        Name of the environment.

    Returns ``{"environment", "drift": [{"kind", "id", "region", "what", "wanted", "found", "reason"}]}``.

    CLI Example:

    .. code-block:: bash

        salt-run platform.drift environment=local
    """
    from meridian.operations import planned

    return planned.drift(__opts__, environment).to_dict()


def agree(plan: str, environment: str = "local") -> dict[str, Any]:
    """
    Fail when a deployment would do anything else now than a plan says; names the first difference.

    plan
        Path of the file that ``./meridian plan --out`` wrote.
    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.agree plan=/root/plan.json environment=local
    """
    from meridian import plan as planning
    from meridian.operations import planned

    wanted = planning.read(Path(plan))
    objection = planning.objection(wanted, planned.plan(__opts__, environment))
    if objection:
        raise MeridianError(f"{plan}: {objection}; nothing was touched")
    return {"ok": True, "comment": f"{len(wanted.actions)} actions as planned"}


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
        progress.notes(__opts__, "verify"),
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
    Remove what the controller keeps of a destroyed environment: keys, credentials, addresses, reports.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run platform.forget environment=local
    """
    import shutil

    from meridian.operations import node_drain

    changes = []
    node_drain.record_file(environment).unlink(missing_ok=True)
    for folder in (paths.secrets(environment), paths.state() / "reports" / environment):
        if folder.exists():
            shutil.rmtree(folder)
            changes.append(str(folder.relative_to(paths.state())))
    addresses.forget(environment)
    return {"ok": True, "changes": changes}


told.in_one_line(globals())
