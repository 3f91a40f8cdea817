"""Once machines have addresses, their providers' firewalls let the others in."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from meridian.cloud.providers.base import Request
from meridian.edge import accounts, firewalls
from meridian.topology import Layers, Topology, expand

from tests.unit.topology.conftest import bent, salt_options, shipped  # noqa: F401


class Provider:
    """Stands for an account with security groups: one set of rules for each role in each region."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str], Any] = {}
        self.calls = 0

    def adapter(self, location: str) -> "Provider":
        assert location
        return self

    def explained(self, doing: str) -> Any:
        return nullcontext()

    def prepare_firewall(self, wanted: Request) -> None:
        self.calls += 1
        self.groups[wanted.tags["meridian-region"], wanted.tags["meridian-role"]] = wanted.firewall

    def seen(self, topology: Topology) -> dict[str, dict[str, Any]]:
        """Return the machines as the provider lists them."""
        return {
            node.id: {
                "private_ips": [f"10.0.{region.index}.{index}"],
                "public_ips": [f"198.51.100.{10 * region.index + index}"],
                "firewall": self.groups.get((region.name, "+".join(node.roles)), []),
            }
            for region in topology.regions
            for index, node in enumerate(region.nodes, 1)
        }


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider()
    monkeypatch.setattr(accounts, "cloud_options", lambda opts: {"profiles": {}})
    monkeypatch.setattr(accounts, "account", lambda options, alias: made)
    return made


def cloud(bent: Callable[..., Layers], more: str = "") -> Topology:  # noqa: F811
    text = f"environment: {{provider: ec2}}\nfirewall: {{operator: [192.0.2.0/24]}}\n{more}"
    return expand(bent(text), "cloud")


def test_rules_follow_the_machines_and_are_then_left_alone(
    provider: Provider,
    bent: Callable[..., Layers],  # noqa: F811
) -> None:
    topology = cloud(bent)
    changes = firewalls.ensure({}, topology, provider.seen(topology))
    assert "firewall of kafka in us-east" in changes
    opened = {rule["port"]: rule["sources"] for rule in provider.groups["us-east", "kafka"]}
    assert opened[22] == ["192.0.2.0/24"]
    assert "10.0.0.2/32" in opened[9092]
    assert "198.51.100.11/32" in opened[9094]
    calls = provider.calls
    assert firewalls.ensure({}, topology, provider.seen(topology)) == []
    assert provider.calls == calls


def test_a_rule_that_somebody_added_goes(provider: Provider, bent: Callable[..., Layers]) -> None:  # noqa: F811
    topology = cloud(bent)
    firewalls.ensure({}, topology, provider.seen(topology))
    world = {"port": 1, "protocol": "tcp", "sources": ["0.0.0.0/0"]}
    provider.groups["us-east", "kafka"] = [*provider.groups["us-east", "kafka"], world]
    assert firewalls.ensure({}, topology, provider.seen(topology)) == ["firewall of kafka in us-east"]
    assert world not in provider.groups["us-east", "kafka"]


def test_providers_without_firewalls_are_not_asked(
    provider: Provider,
    bent: Callable[..., Layers],  # noqa: F811
) -> None:
    topology = expand(bent("environment: {provider: digitalocean}"), "cloud")
    assert firewalls.ensure({}, topology, provider.seen(topology)) == []
    assert provider.calls == 0
