"""
Mirror flows of an environment, as the operator sees them.
"""

from typing import Any

from meridian.common import paths
from meridian.common.tls import Tls
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology
from meridian.services.connect.health import wait_running
from meridian.services.mirror.flow import MAY_LACK_TASKS, from_topology
from meridian.services.mirror.status import of_topology, operator_client

__opts__: dict[str, Any] = {}


def status(environment: str = "local") -> dict[str, dict[str, Any]]:
    """
    Return the status of every flow: ``state``, ``lag_records``, ``lag_seconds``, ``held_records``,
    ``removed_records``, ``error``, ``problems``, ``connectors``.

    Lag counts what a flow still has to look at; a record that its filter stopped is no lag. Records behind an
    open transaction are held: no reader gets them. Removed are those that retention or delete_records took
    before the flow had read them.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run mirror.status environment=local
    """
    return of_topology(load_topology(__opts__, environment), paths.secrets(environment) / "client")


def wait(environment: str = "local", deadline: float = 180) -> dict[str, Any]:
    """
    Wait until all enabled flows run with all their tasks. What failed is restarted, each time after twice the
    pause; what does not run by the deadline fails the run with its trace's first lines.

    environment
        Name of the environment.
    deadline
        Seconds to wait for the flows of one Connect cluster.

    CLI Example:

    .. code-block:: bash

        salt-run mirror.wait environment=local
    """
    topology = load_topology(__opts__, environment)
    tls = Tls.of_operator(paths.secrets(environment) / "client")
    flows = [flow for flow in (from_topology(topology, one) for one in topology.flows) if flow.enabled]
    restarts: list[str] = []
    for target in sorted({flow.target for flow in flows}):
        kinds = [
            (kind, name) for flow in flows if flow.target == target for kind, name in flow.connectors.items()
        ]
        restarts += wait_running(
            operator_client(topology, target, tls),
            [name for _, name in kinds],
            may_lack_tasks=[name for kind, name in kinds if kind in MAY_LACK_TASKS],
            deadline=deadline,
            report=progress.notes(__opts__, "mirrors"),
        )
    return {"ok": True, "comment": "; ".join([f"{len(flows)} flows run", *restarts])}


told.in_one_line(globals())
