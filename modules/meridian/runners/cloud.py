"""
The machines of an environment: made where missing, kept where there, removed when asked.
"""

from typing import TYPE_CHECKING, Any

from meridian.edge import deploy_machines
from meridian.edge.pillar_source import load_topology

# The loader puts it in.
if TYPE_CHECKING:
    __opts__: dict[str, Any]


def ensure(environment: str = "local", parallel: int = 4, timeout: int = 180) -> dict[str, Any]:
    """
    Have every machine of an environment run and answer; fails with name and reason of each that does not.

    1. Local cloud: its networks. 2. Stopped machines are started, half-made ones removed. 3. Missing ones are
    made, some at a time; each failure is tried once more, then removed with its key. 4. Local cloud: the WAN
    gateways. 5. Wait until every minion answers. 6. Keys without a machine are removed. Machines that the
    environment does not name are reported and never touched.

    environment
        Name of the environment.
    parallel
        How many machines are made at a time.
    timeout
        Seconds that minions have to answer.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.ensure environment=local parallel=4
    """
    topology = load_topology(__opts__, environment)
    return deploy_machines.ensure(__opts__, topology, int(parallel), int(timeout))


def status(environment: str = "local") -> dict[str, Any]:
    """
    Return the state of each machine, what is missing, and the machines that the environment does not name.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.status environment=local
    """
    return deploy_machines.status(__opts__, load_topology(__opts__, environment))


def destroy(
    environment: str, yes: bool = False, provider: str = "local", parallel: int = 8
) -> dict[str, Any]:
    """
    Remove an environment's machines with their data and keys; in the local cloud also gateways and networks.

    environment
        Name of the environment.
    yes
        Must be true: all data are lost.
    provider
        Its provider in ``cloud.providers.d/``; the pillar is not asked, it may be gone already.
    parallel
        How many machines are removed at a time.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.destroy local yes=True
    """
    return deploy_machines.destroy(__opts__, environment, provider, yes, int(parallel))
