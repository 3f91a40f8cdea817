"""Prices: the pillar's table before libcloud's data, and nothing invented."""

import pytest
from meridian.cloud.catalogue import Offer
from meridian.cloud.prices import Prices

DOLLARS = {"currency": "USD"}


def offer(kind: str, size: str, location: str = "", provider: str = "mine") -> Offer:
    return Offer(provider, kind, size, location)


@pytest.mark.parametrize(
    ("kind", "size", "location", "per_hour"),
    [
        # List prices of machines that have kept theirs for years.
        ("ec2", "m5.large", "us-east-1", 0.096),
        ("ec2", "m5.large", "us-west-2-lax-1", None),  # the data say 0
        ("ec2", "m5.large", "", None),
        ("azure_arm", "Standard_D2s_v3", "eastus", 0.096),
        ("azure_arm", "Standard_D2s_v3", "East US", 0.096),
        ("gce", "n1-standard-1", "us-central1-a", 0.0475),
        ("gce", "e2-medium", "us-central1", 0.0335),
        ("gce", "f1-micro", "us-central1", 0.0076),
        ("gce", "n1-standard-1", "nowhere", None),
        ("gce", "x9-standard-1", "us-central1", None),
        ("gandi", "medium", "", 0.03),
        ("nimbus", "m1.small", "", None),  # the data say 0
        ("openstack", "m1.small", "", None),
        ("digitalocean", "s-1vcpu-1gb", "nyc1", None),
        ("local", "small", "", 0.0),
    ],
)
def test_machine(kind: str, size: str, location: str, per_hour: float | None) -> None:
    found = Prices(DOLLARS).machine(offer(kind, size, location))
    assert found == (None if per_hour is None else pytest.approx(per_hour, rel=0.01))


def test_the_pillars_price_wins_the_nearest_first() -> None:
    table = {
        "ec2": {"m5.large": {"us-east-1": 0.5, "any": 0.4}},
        "mine": {"m5.large": {"eu-west-1": 0.3}},
    }
    prices = Prices({**DOLLARS, "machines": table})
    assert prices.machine(offer("ec2", "m5.large", "us-east-1")) == 0.5
    assert prices.machine(offer("ec2", "m5.large", "sa-east-1")) == 0.4
    assert prices.machine(offer("ec2", "m5.large", "eu-west-1")) == 0.3
    assert prices.machine(offer("ec2", "m5.large", "eu-west-1", provider="other")) == 0.4


def test_a_price_of_zero_in_pillar_is_meant() -> None:
    prices = Prices({**DOLLARS, "machines": {"openstack": {"m1.small": {"any": 0}}}})
    assert prices.machine(offer("openstack", "m1.small")) == 0.0


def test_dollars_are_not_told_as_another_currency() -> None:
    assert Prices({"currency": "EUR"}).machine(offer("ec2", "m5.large", "us-east-1")) is None
    rated = Prices({"currency": "EUR", "per_usd": 0.5})
    assert rated.machine(offer("ec2", "m5.large", "us-east-1")) == pytest.approx(0.048)
    own = Prices({"currency": "EUR", "machines": {"ec2": {"m5.large": {"any": 0.2}}}})
    assert own.machine(offer("ec2", "m5.large", "us-east-1")) == 0.2


def test_volumes() -> None:
    prices = Prices({**DOLLARS, "volumes": {"ec2": {"ssd": {"any": 0.073}}}})
    assert prices.volume(offer("ec2", "m5.large", "us-east-1"), "ssd", 100) == pytest.approx(0.01)
    assert prices.volume(offer("ec2", "m5.large", "us-east-1"), "hdd", 100) is None
    assert prices.volume(offer("local", "small"), "ssd", 100) == 0.0
    google = prices.volume(offer("gce", "n1-standard-1", "us-central1-a"), "ssd", 100)
    assert google == pytest.approx(0.17 * 100 / 730, rel=0.02)
