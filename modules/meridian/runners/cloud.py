"""
The machines of an environment: made where missing, kept where there, removed when asked.
"""

from typing import TYPE_CHECKING, Any

from meridian.operations import create_machines, destroy_machines, node_drain
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology

# The loader puts it in.
if TYPE_CHECKING:
    __opts__: dict[str, Any]


def ensure(environment: str = "local", parallel: int = 4, timeout: int = 180) -> dict[str, Any]:
    """
    Have every machine of an environment run and answer; fails with name and reason of each that does not.

    1. Ask all providers what there is. 2. Local cloud: its networks. 3. Stopped machines are started,
    half-made ones removed. 4. Missing ones are made, some at a time at each provider. A call that a
    provider turns away or does not answer is repeated, at growing intervals, until a deadline; a machine
    whose making failed on the way is looked for before it is made again; any other failure is tried once
    more, then removed with its key. A reached quota ends making at that provider; what is made stays. 5.
    Local cloud: the WAN gateways. 6. Wait until every minion answers. 7. Keys without a machine are
    removed. Machines that the environment does not name or that lack its tags are reported and never
    touched.

    Settings of a provider in ``cloud.providers.d/``: ``parallel``, and ``retry: {first, longest,
    deadline}``, the pauses between repetitions and the time for all of them, in seconds (1, 30 and 300).

    environment
        Name of the environment.
    parallel
        How many machines are made at a time, at a provider without a setting ``parallel`` of its own.
    timeout
        Seconds that minions have to answer.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.ensure environment=local parallel=4
    """
    topology = load_topology(__opts__, environment)
    return create_machines.ensure(__opts__, topology, int(parallel), int(timeout))


def status(environment: str = "local") -> dict[str, Any]:
    """
    Return the state of each machine, what is missing, and the machines that the environment does not name.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.status environment=local
    """
    return create_machines.status(__opts__, load_topology(__opts__, environment))


def listing(environment: str) -> dict[str, Any]:
    """
    Return which machines ``cloud.destroy`` would remove, with their providers, and which it would leave.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.listing local
    """
    return destroy_machines.listing(__opts__, environment)


def destroy(environment: str, yes: bool = False, parallel: int = 8) -> dict[str, Any]:
    """
    Remove an environment's machines with their data and keys; in the local cloud also gateways and networks.

    1. Ask every provider that the environment has, or ever had, machines at; the pillar may be gone already.
    2. Take the machines that carry our tags of this environment, and no others. 3. Remove them: those that
    others depend on last. A machine or provider that fails does not keep the rest; what is left is named,
    and the next run goes on with it. 4. When nothing is left, its keys, and in the local cloud its
    networks.

    environment
        Name of the environment.
    yes
        Must be true: all data are lost.
    parallel
        How many machines are removed at a time, at a provider without a setting ``parallel`` of its own.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.destroy local yes=True
    """
    return destroy_machines.destroy(__opts__, environment, yes, int(parallel))


def remove(
    environment: str, node: str, confirm: str = "", lost: bool = False, timeout: int = 300
) -> dict[str, Any]:
    """
    Remove one machine of a living environment with all that is stored on it. Of a Mesos cluster it takes
    leave first (see ``mesos.leave``), and the cluster is told that it does not come back. When the pillar
    still names it, the next deployment makes it anew (``platform.replace`` does both).

    1. A master whose cluster has no quorum without it stays. 2. Its brokers are stopped and its agent is
    drained, or nothing is removed. 3. The machine and its key are removed. 4. Mesos gives its agent up, the
    scheduler the volumes that were there: brokers start with new ones, which Kafka fills.

    environment
        Name of the environment.
    node
        Its id.
    confirm
        Its id again: nothing is removed without it.
    lost
        The machine is dead: nothing can be drained on it.
    timeout
        Seconds for each broker to stop, and for the rest.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.remove local-mesos kafka-1.us-east.local-mesos confirm=kafka-1.us-east.local-mesos
    """
    if not node or confirm != node:
        return {"ok": False, "changes": {}, "comment": f"nothing was removed: that needs confirm={node}"}
    topology = load_topology(__opts__, environment)

    def say(line: str) -> None:
        progress.report(__opts__, "nodes", "note", message=line)

    def take_away() -> None:
        destroy_machines.remove(__opts__, environment, node)

    changes = node_drain.remove(__opts__, topology, node, take_away, lost, float(timeout), say)
    return {"ok": True, "changes": changes, "comment": f"{node} is gone"}


told.in_one_line(globals())
