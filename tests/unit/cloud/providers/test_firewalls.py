"""Rules at the provider are exactly those asked for: what is missing is added, what is left over goes."""

from types import SimpleNamespace
from typing import Any

import pytest
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.types import NodeState
from meridian.cloud import tags
from meridian.cloud.providers import rules
from meridian.cloud.providers.ec2 import EC2
from meridian.cloud.providers.gce import GCE
from meridian.cloud.providers.openstack import OpenStack
from meridian.cloud.providers.request import Request

TAGS = {tags.PLATFORM: tags.OURS, tags.ENVIRONMENT: "aws", tags.REGION: "us-east", tags.ROLE: "kafka+connect"}
WANTED = [
    {"port": 9094, "protocol": "tcp", "sources": ["192.0.2.0/24", "198.51.100.7"]},
    {"port": 22, "protocol": "tcp", "sources": ["192.0.2.0/24"]},
]
CHANGED = [{"port": 9094, "protocol": "tcp", "sources": ["192.0.2.0/24"]}]


class EC2Connection:
    """Stands for libcloud's EC2 driver: security groups in memory."""

    region_name = "us-east-1"
    NODE_STATE_MAP: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self) -> None:
        self.groups: dict[str, dict[str, Any]] = {}
        self.used: set[str] = set()

    def ex_create_security_group(self, name: str, description: str, vpc_id: str | None = None) -> None:
        self.groups[name] = {"id": f"sg-{len(self.groups)}", "rules": set()}

    def ex_get_security_groups(self, filters: Any = None) -> list[Any]:
        return [
            SimpleNamespace(id=group["id"], name=name, ingress_rules=[_rule(*one) for one in group["rules"]])
            for name, group in self.groups.items()
        ]

    def ex_authorize_security_group_ingress(
        self, id: str, a: int, b: int, cidr_ips: Any, protocol: str
    ) -> None:
        self._of(id).add((protocol, a, cidr_ips[0]))

    def ex_revoke_security_group_ingress(self, id: str, a: int, b: int, cidr_ips: Any, protocol: str) -> None:
        self._of(id).remove((protocol, a, cidr_ips[0]))

    def ex_delete_security_group_by_id(self, id: str) -> None:
        if id in self.used:
            raise BaseHTTPError(400, "DependencyViolation: resource has a dependent object")
        self.groups = {name: group for name, group in self.groups.items() if group["id"] != id}

    def _of(self, id: str) -> set[Any]:
        return next(group["rules"] for group in self.groups.values() if group["id"] == id)


def _rule(protocol: str, port: int, source: str) -> dict[str, Any]:
    return {"protocol": protocol, "from_port": str(port), "to_port": str(port), "cidr_ips": [source]}


def request(wanted: Any) -> Request:
    return Request("kafka-1.us-east.aws", None, None, tags=TAGS, firewall=wanted)


def test_rules_are_compared_by_what_they_open() -> None:
    assert rules.single(WANTED) == {
        ("tcp", 22, "192.0.2.0/24"),
        ("tcp", 9094, "192.0.2.0/24"),
        ("tcp", 9094, "198.51.100.7/32"),
    }
    assert rules.single(rules.joined(rules.single(WANTED))) == rules.single(WANTED)
    assert rules.name(TAGS) == "meridian.aws.us-east.kafka-connect"


def test_ec2_group_has_exactly_the_rules_that_are_asked_for() -> None:
    conn = EC2Connection()
    adapter = EC2(conn)
    adapter.prepare_firewall(request(WANTED))
    adapter.prepare_firewall(request(WANTED))
    node: Any = SimpleNamespace(id="i-1", extra={"groups": [{"group_id": "sg-0"}]})
    assert adapter.firewalls([node]) == {"i-1": rules.joined(rules.single(WANTED))}
    adapter.prepare_firewall(request(CHANGED))
    assert adapter.firewalls([node]) == {"i-1": CHANGED}
    adapter.prepare_firewall(request([]))
    assert adapter.firewalls([node]) == {"i-1": []}


def test_ec2_range_that_somebody_opened_does_not_look_like_ours() -> None:
    conn = EC2Connection()
    conn.ex_create_security_group("other", "")
    listed = conn.ex_get_security_groups()
    listed[0].ingress_rules = [_rule("tcp", 9094, "0.0.0.0/0") | {"to_port": "9999"}]
    conn.ex_get_security_groups = lambda filters=None: listed  # type: ignore[method-assign]
    node: Any = SimpleNamespace(id="i-1", extra={"groups": [{"group_id": "sg-0"}]})
    assert EC2(conn).firewalls([node]) == {
        "i-1": [{"port": 9094, "protocol": "tcp to 9999", "sources": ["0.0.0.0/0"]}]
    }


def test_ec2_groups_go_with_their_environment_unless_something_uses_them() -> None:
    conn = EC2Connection()
    for name in (
        "meridian.aws.us-east.kafka",
        "meridian.aws.us-east.archive",
        "meridian.other.x.kafka",
        "mine",
    ):
        conn.ex_create_security_group(name, "")
    conn.used = {"sg-1"}
    assert EC2(conn).clean_firewalls("aws") == ["meridian.aws.us-east.kafka"]
    assert sorted(conn.groups) == ["meridian.aws.us-east.archive", "meridian.other.x.kafka", "mine"]


class GCEConnection:
    """Stands for libcloud's GCE driver: firewall rules in memory."""

    def __init__(self) -> None:
        self.rules: dict[str, Any] = {}

    def ex_list_firewalls(self) -> list[Any]:
        return list(self.rules.values())

    def ex_create_firewall(
        self, name: str, allowed: Any, network: str, source_ranges: Any, target_tags: Any
    ) -> None:
        self.rules[name] = SimpleNamespace(
            name=name, allowed=allowed, source_ranges=source_ranges, target_tags=target_tags
        )

    def ex_update_firewall(self, rule: Any) -> None:
        self.rules[rule.name] = rule

    def ex_destroy_firewall(self, rule: Any) -> None:
        del self.rules[rule.name]

    def list_nodes(self) -> list[Any]:
        return [SimpleNamespace(state=NodeState.RUNNING, extra={"tags": ["meridian-aws-us-east-archive"]})]


def test_gce_rules_aim_at_the_machines_of_a_role() -> None:
    conn = GCEConnection()
    adapter = GCE(conn)
    adapter.prepare_firewall(request(WANTED))
    node: Any = SimpleNamespace(id="1", extra={"tags": ["meridian-aws-us-east-kafka-connect"]})
    other: Any = SimpleNamespace(id="2", extra={"tags": []})
    assert adapter.firewalls([node, other]) == {"1": rules.joined(rules.single(WANTED)), "2": []}
    adapter.prepare_firewall(request(CHANGED))
    assert adapter.firewalls([node]) == {"1": CHANGED}
    assert adapter.clean_firewalls("aws") == ["meridian-aws-us-east-kafka-connect-0"]
    assert conn.rules == {}


class OpenStackConnection:
    """Stands for libcloud's OpenStack driver: security groups in memory."""

    def __init__(self) -> None:
        self.groups: list[Any] = []

    def ex_list_security_groups(self) -> list[Any]:
        return self.groups

    def ex_create_security_group(self, name: str, description: str) -> Any:
        # Neutron lets everything out of a new group.
        out = _neutron("egress", None, None, None)
        self.groups.append(SimpleNamespace(name=name, rules=[out]))
        return self.groups[-1]

    def ex_create_security_group_rule(self, group: Any, protocol: str, a: int, b: int, cidr: str) -> None:
        group.rules.append(_neutron("ingress", protocol, a, cidr))

    def ex_delete_security_group_rule(self, rule: Any) -> None:
        for group in self.groups:
            group.rules = [one for one in group.rules if one is not rule]


def _neutron(direction: str, protocol: str | None, port: int | None, cidr: str | None) -> Any:
    return SimpleNamespace(
        direction=direction, ip_protocol=protocol, from_port=port, to_port=port, ip_range=cidr
    )


@pytest.mark.parametrize("wanted", [WANTED, CHANGED, []])
def test_openstack_group_has_exactly_the_rules_that_are_asked_for(wanted: Any) -> None:
    conn = OpenStackConnection()
    adapter = OpenStack(conn)
    adapter.prepare_firewall(request(WANTED))
    adapter.prepare_firewall(request(wanted))
    node: Any = SimpleNamespace(id="1", extra={"metadata": TAGS})
    assert adapter.firewalls([node]) == {"1": rules.joined(rules.single(wanted))}
    assert [rule.direction for rule in conn.groups[0].rules].count("egress") == 1
