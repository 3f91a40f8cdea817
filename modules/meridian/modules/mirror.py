"""
Mirror flows that end in this node's region: MirrorMaker 2 on its Connect cluster.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.salt_api.renamed import renamed
from meridian.services.connect.client import ConnectClient
from meridian.services.mirror import ownership
from meridian.services.mirror import plan as mirror_plan
from meridian.services.mirror import status as mirror_status
from meridian.services.mirror import unmanaged as mirror_unmanaged
from meridian.services.mirror.flow import FlowSpec, from_pillar

if TYPE_CHECKING:
    __pillar__: dict[str, Any]


def plan(name: str, flow: dict[str, Any] | None = None) -> dict[str, Any]:
    """
    Return what would change for a flow to be as its settings say, per connector; empty when nothing would.

    name
        The flow's name, e.g. ``us-east-to-central``.
    flow
        Its settings; default: the pillar's ``flows:<name>``.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.plan us-east-to-central
    """
    return mirror_plan.plan(_client(), _flow(name, flow), _tls(), _flows()).changes()


def flow_present(name: str, flow: dict[str, Any] | None = None) -> dict[str, Any]:
    """
    Make a flow as its settings say, touching only the connectors that differ, and return what was changed. A
    flow that was renamed, or that has a topic which another one had, goes on where that one has read to.

    name
        The flow's name.
    flow
        Its settings; default: the pillar's ``flows:<name>``.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.flow_present us-east-to-central
    """
    client, spec, tls = _client(), _flow(name, flow), _tls()
    todo = mirror_plan.plan(client, spec, tls, _flows())
    if todo:
        mirror_plan.apply(client, spec, tls, todo, _flows())
    return todo.changes()


def status(name: str = "") -> dict[str, Any]:
    """
    Return the status of one flow, or of all: state, lag in records and seconds, last error.

    name
        The flow's name; all flows of the pillar when empty.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.status
    """
    names = [name] if name else sorted(__pillar__.get("flows") or {})
    return mirror_status.of_flows(_client(), [_flow(one, None) for one in names], _tls())


def pause(name: str) -> list[str]:
    """
    Pause a flow until it is resumed, or deployed again with ``enabled: true``. Returns its connectors.

    name
        The flow's name.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.pause us-east-to-central
    """
    return mirror_plan.set_paused(_client(), name, True)


def resume(name: str) -> list[str]:
    """
    Resume a paused flow. Returns its connectors.

    name
        The flow's name.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.resume us-east-to-central
    """
    return mirror_plan.set_paused(_client(), name, False)


def remove(name: str, confirm: str = "") -> list[str]:
    """
    Delete a flow's connectors and return them. Mirrored topics, their records and the flow's position stay: a
    flow made anew under the name goes on where this one ended.

    name
        The flow's name, or that of a single connector that no flow names.
    confirm
        The name once more.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.remove us-east-to-central confirm=us-east-to-central
    """
    return mirror_plan.remove(_client(), name, confirm)


def unmanaged(known: list[str] | None = None) -> dict[str, str]:
    """
    Return the connectors of Meridian's that no flow of the pillar names, each with its state.

    known
        Names of flows; default: those in the pillar.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.unmanaged
    """
    return ownership.unmanaged(_client().connectors(), _names(known))


def settle_unmanaged(
    policy: str, known: list[str] | None = None, test: bool = False
) -> dict[str, dict[str, Any]]:
    """
    Pause or remove the connectors of Meridian's that no flow of the pillar names; return what was changed.

    policy
        ``pause``, ``remove``, or ``report`` to leave them as they are.
    known
        Names of flows; default: those in the pillar.
    test
        Only return what would be changed.

    CLI Example:

    .. code-block:: bash

        salt-call mirror.settle_unmanaged pause
    """
    client, names = _client(), _names(known)
    if test:
        return mirror_unmanaged.compare(ownership.unmanaged(client.connectors(), names), policy)
    return mirror_unmanaged.settle(client, names, policy)


def _unmanaged_flows(known: list[str] | None = None) -> list[str]:
    return mirror_plan.unmanaged_flows(_client(), dict.fromkeys(_names(known)))


strangers = renamed("mirror.strangers", "mirror.unmanaged", _unmanaged_flows)


def _names(known: list[str] | None) -> list[str]:
    return list(__pillar__.get("flows") or {}) if known is None else known


def _flows() -> list[FlowSpec]:
    return [from_pillar(name, flow) for name, flow in (__pillar__.get("flows") or {}).items()]


def _client() -> ConnectClient:
    connect = __pillar__.get("connect") or {}
    if not connect.get("workers"):
        raise MeridianError("this node has no Connect worker (pillar connect:workers is empty)")
    own = f"https://{connect['worker']}"
    return ConnectClient(sorted(connect["workers"], key=lambda url: url != own), _tls())


def _tls() -> Tls:
    return Tls.of_service("connect")


def _flow(name: str, flow: dict[str, Any] | None) -> FlowSpec:
    settings = (__pillar__.get("flows") or {}).get(name) if flow is None else flow
    if settings is None:
        raise MeridianError(f"no flow {name} in this node's pillar (flows:{name})")
    return from_pillar(name, settings)
