"""Security groups of EC2: one for the machines of a role in a region, with exactly the rules asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from libcloud.common.exceptions import BaseHTTPError

from meridian.cloud.errors import NotOffered
from meridian.cloud.providers import rules

name = rules.name


def ensure(conn: Any, tags: Mapping[str, str], wanted: Sequence[Mapping[str, Any]], vpc: str | None) -> str:
    """Have a group with exactly these ingress rules; return its id.

    :param tags: a machine's; they decide the group's name.
    :param wanted: rules; an empty list closes everything.
    :param vpc: id of the VPC; the account's default one when empty.
    """
    group = _find(conn, name(tags))
    if group is None:
        try:
            conn.ex_create_security_group(name(tags), "made by Meridian", vpc_id=vpc or None)
        except BaseHTTPError as problem:
            # Another worker was faster.
            if "Duplicate" not in str(problem):
                raise
        group = _find(conn, name(tags))
    if group is None:
        raise NotOffered(f"security group {name(tags)} vanished right after it was made")
    have, want = rules.single(_ingress(group)), rules.single(wanted)
    for protocol, port, source in sorted(want - have):
        _change(conn.ex_authorize_security_group_ingress, group.id, protocol, port, source, "Duplicate")
    for protocol, port, source in sorted(have - want):
        _change(conn.ex_revoke_security_group_ingress, group.id, protocol, port, source, "NotFound")
    return str(group.id)


def ids(conn: Any, groups: Sequence[str]) -> list[str]:
    """Return the ids of groups that are named by name or id.

    :raises NotOffered: there is none of a name.
    """
    found = []
    for one in groups:
        group = None if one.startswith("sg-") else _find(conn, one)
        if group is None and not one.startswith("sg-"):
            raise NotOffered(f"security group {one} does not exist in {conn.region_name}")
        found.append(one if group is None else str(group.id))
    return found


def of_nodes(conn: Any, nodes: Sequence[Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the ingress rules of each machine's groups, by the machine's id."""
    groups = {str(group.id): rules.single(_ingress(group)) for group in conn.ex_get_security_groups()}
    found = {}
    for node in nodes:
        held = [groups.get(str(group["group_id"]), set()) for group in node.extra.get("groups") or ()]
        found[str(node.id)] = rules.joined(set().union(*held))
    return found


def clean(conn: Any, environment: str) -> list[str]:
    """Remove an environment's groups that no machine uses; return their names."""
    gone = []
    for group in conn.ex_get_security_groups():
        if not str(group.name).startswith(rules.prefix(environment)):
            continue
        try:
            conn.ex_delete_security_group_by_id(group.id)
        except BaseHTTPError as problem:
            if "DependencyViolation" not in str(problem) and "InUse" not in str(problem):
                raise
            continue
        gone.append(str(group.name))
    return sorted(gone)


def _find(conn: Any, wanted: str) -> Any:
    found = conn.ex_get_security_groups(filters={"group-name": wanted})
    return next((group for group in found if group.name == wanted), None)


def _ingress(group: Any) -> list[dict[str, Any]]:
    return [
        {"port": rule["from_port"] or 0, "protocol": _protocol(rule), "sources": rule["cidr_ips"] or ()}
        for rule in group.ingress_rules
    ]


def _protocol(rule: Mapping[str, Any]) -> str:
    # We make no ranges: one that somebody else made must not look like a rule of ours.
    to = rule["to_port"]
    return str(rule["protocol"]) if to == rule["from_port"] else f"{rule['protocol']} to {to}"


def _change(call: Any, group: str, protocol: str, port: int, source: str, settled: str) -> None:
    try:
        call(group, port, port, cidr_ips=[source], protocol=protocol)
    except BaseHTTPError as problem:
        if settled not in str(problem):
            raise
