"""What real Mesos refuses, in its words."""

from typing import TYPE_CHECKING, Any

from ..resources import Json, Resources, is_dynamic, persistence_of, role_of
from .model import Agent, Framework

if TYPE_CHECKING:
    from .cluster import Cluster

# Call → the message that it must carry; ``None`` when it needs none.
_BODIES = {
    "SUBSCRIBE": "subscribe", "TEARDOWN": None, "ACCEPT": "accept", "DECLINE": "decline",
    "ACCEPT_INVERSE_OFFERS": "accept_inverse_offers", "DECLINE_INVERSE_OFFERS": "decline_inverse_offers",
    "REVIVE": None, "KILL": "kill", "SHUTDOWN": "shutdown", "ACKNOWLEDGE": "acknowledge",
    "ACKNOWLEDGE_OPERATION_STATUS": "acknowledge_operation_status", "RECONCILE": "reconcile",
    "RECONCILE_OPERATIONS": "reconcile_operations", "MESSAGE": "message", "REQUEST": "request",
    "SUPPRESS": None, "UPDATE_FRAMEWORK": "update_framework",
}  # fmt: skip


def call(data: Any, principal: str | None) -> str | None:
    """Return what is wrong with a scheduler call; ``None`` when nothing is."""
    kind = data.get("type")
    if kind is None:
        return "Expecting 'type' to be present"
    if kind not in _BODIES:
        return f"Not initialized: type {kind} is unknown"
    body = _BODIES[kind]
    if body is not None and body not in data:
        return f"Expecting '{body}' to be present"
    if kind == "SUBSCRIBE":
        return _subscribe(data, principal)
    if not data.get("framework_id", {}).get("value"):
        return "Expecting 'framework_id' to be present"
    return None


def _subscribe(data: Any, principal: str | None) -> str | None:
    info = data["subscribe"].get("framework_info") or {}
    for name in ("user", "name"):
        if name not in info:
            return f"Not initialized: subscribe.framework_info.{name}"
    own, given = info.get("id", {}).get("value"), data.get("framework_id", {}).get("value")
    if own != given:
        return "'framework_id' differs from 'subscribe.framework_info.id'"
    if principal is not None and info.get("principal", principal) != principal:
        return (
            f"Authenticated principal '{principal}' does not match principal "
            f"'{info['principal']}' set in `FrameworkInfo`"
        )
    return None


def framework(info: Json) -> str | None:
    """Return what is wrong with a framework that subscribes."""
    capabilities = {one.get("type") for one in info.get("capabilities", ())}
    if "MULTI_ROLE" in capabilities and "role" in info:
        return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"
    if "MULTI_ROLE" not in capabilities and info.get("roles"):
        return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"
    for role in [*info.get("roles", ()), info.get("role", "*")]:
        if role != "*" and (
            not role or role.startswith("-") or role in (".", "..") or any(c in role for c in " \\")
        ):
            return f"'{role}' is not a valid role name"
    if float(info.get("failover_timeout", 0)) < 0:
        return f"The framework failover_timeout ({info['failover_timeout']}) is invalid: must be non-negative"
    return None


def framework_update(old: Framework, new: Json) -> str | None:
    """Return what is wrong with a framework that comes back changed."""
    if old.info.get("principal") != new.get("principal") and not old.recovered:
        return "Changing framework's principal is not allowed."
    return None


def offers(wanted: list[str], found: dict[str, Any], owner: Framework) -> str | None:
    """Return what is wrong with the offers that a framework accepts."""
    if not wanted:
        return "No offers specified"
    seen: set[str] = set()
    for offer_id in wanted:
        if offer_id in seen:
            return f"Duplicate offer {offer_id} in offer list"
        seen.add(offer_id)
        if offer_id not in found:
            return f"Offer {offer_id} is no longer valid"
    for offer_id in wanted:
        if found[offer_id].framework_id != owner.id:
            return f"Offer {offer_id} has invalid framework {found[offer_id].framework_id}"
    if len({found[one].role for one in wanted}) > 1:
        return "Aggregated offers must be allocated to the same role."
    if len({found[one].agent.id for one in wanted}) > 1:
        return "Aggregated offers must belong to one single agent."
    return None


def task(
    info: Json, owner: Framework, agent: Agent, available: Resources, grouped: bool = False
) -> str | None:
    """Return what is wrong with a task."""
    name = info.get("task_id", {}).get("value", "")
    if not name or "/" in name or name in (".", "..") or any(ord(char) < 32 for char in name):
        return f"Task has an invalid TaskID '{name}'"
    if name in owner.tasks:
        return f"Task has duplicate ID: {name}"
    if name in owner.unreachable:
        return f"Task reuses the ID of an unreachable task: {name}"
    if info.get("agent_id", {}).get("value") != agent.id:
        given = info.get("agent_id", {}).get("value")
        return f"Task uses invalid agent {given} while agent {agent.id} is expected"
    if (problem := _task_body(info, grouped)) is not None:
        return problem
    try:
        wanted = Resources.of(info.get("resources", ()))
    except (ValueError, KeyError, TypeError) as problem_found:
        return f"Task uses invalid resources: {problem_found}"
    if not wanted:
        return "Task uses no resources"
    volumes = [found for one in wanted.json() if (found := persistence_of(one)) is not None]
    if len(volumes) != len(set(volumes)):
        return "Task uses duplicate persistence ID"
    if not available.contains(wanted):
        return (
            f"Total resources {wanted.summary()} required by task and its executor is more than available "
            f"{available.summary()}"
        )
    return None


def _task_body(info: Json, grouped: bool) -> str | None:
    if "executor" in info and not grouped:
        return "This double runs tasks by the command executor, and task groups by the default executor, only"
    if "command" not in info:
        return "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
    if float(info.get("kill_policy", {}).get("grace_period", {}).get("nanoseconds", 0)) < 0:
        return "Task's 'kill_policy.grace_period' must be non-negative"
    check = info.get("health_check")
    if check is not None:
        kind = check.get("type")
        if kind not in ("COMMAND", "HTTP", "TCP"):
            return "Task uses invalid health check: HealthCheck must specify 'type'"
        if kind.lower() not in check:
            return f"Task uses invalid health check: Expecting '{kind.lower()}' to be set for {kind} check"
    return None


def reserve(resources: list[Json], owner: Framework, role: str) -> str | None:
    """Return what is wrong with a RESERVE of a framework."""
    for one in resources:
        if not is_dynamic(one):
            return f"Resource {one['name']} is not dynamically reserved"
        own = role_of(one)
        if own != role and not own.startswith(f"{role}/"):
            return (
                f"A reserve operation was attempted for a resource with role '{own}', but the framework "
                f"can only reserve resources with role '{role}'"
            )
        principal = one["reservations"][-1].get("principal")
        if owner.principal is not None and principal != owner.principal:
            return (
                f"A reserve operation was attempted by principal '{owner.principal}', but there is a "
                f"reserved resource in the request with principal '{principal}' set in `ReservationInfo`"
            )
    return None


def unreserve(resources: list[Json]) -> str | None:
    """Return what is wrong with an UNRESERVE."""
    for one in resources:
        if not is_dynamic(one):
            return f"Resource {one['name']} is not dynamically reserved"
        if persistence_of(one) is not None:
            return (
                f"A dynamically reserved persistent volume {one['name']} cannot be unreserved directly. "
                "Please destroy the persistent volume first then unreserve the resource"
            )
    return None


def create(volumes: list[Json], agent: Agent, principal: str | None) -> str | None:
    """Return what is wrong with a CREATE."""
    there = {(role_of(one), persistence_of(one)) for one in agent.total.json()}
    for one in volumes:
        disk = one.get("disk", {})
        name = persistence_of(one)
        if name is None:
            return "Not a persistent volume: Resource does not have DiskInfo with persistence"
        if "volume" not in disk:
            return "Not a persistent volume: Expecting 'volume' to be set for persistent volume"
        if disk["volume"].get("mode", "RW") != "RW":
            return "Not a persistent volume: Read-only persistent volume not supported"
        if "host_path" in disk["volume"]:
            return "Not a persistent volume: Expecting 'host_path' to be unset for persistent volume"
        if role_of(one) == "*":
            return "Persistent volumes cannot be created from unreserved resources"
        if not name or "/" in name:
            return f"Invalid persistence ID for persistent volume: '{name}'"
        if (role_of(one), name) in there:
            return f"Persistence ID '{name}' is not unique"
        given = disk["persistence"].get("principal")
        if principal is not None and given != principal:
            return (
                f"Create volume operation attempted by principal '{principal}', but there is a volume in the "
                f"operation with principal '{given}' set in `DiskInfo.Persistence`"
            )
    return None


def destroy(volumes: list[Json], agent: Agent) -> str | None:
    """Return what is wrong with a DESTROY."""
    wanted = Resources.of(volumes)
    if any(persistence_of(one) is None for one in volumes):
        return "Not a persistent volume"
    if not agent.total.contains(wanted):
        return "Persistent volumes not found"
    used = {(role_of(one), persistence_of(one)) for one in agent.used().json()}
    if any((role_of(one), persistence_of(one)) in used for one in wanted.json()):
        return "Persistent volumes in use"
    return None


def authorised(cluster: "Cluster", owner: Framework) -> str | None:
    """Return why a framework may not subscribe to its roles."""
    if cluster.acls.allows("register_frameworks", owner.principal, owner.roles):
        return None
    roles = ", ".join(owner.roles)
    return f"Not authorized to register framework {owner.id} with roles {{ {roles} }}"
