"""Plan and drift of machines at an EC2 server over real HTTP, after somebody's hand was at work there."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from meridian import plan as planning
from meridian.cloud.catalogue import Catalogue
from meridian.operations import observe
from meridian.plan import Change, ChangeKind, Difference
from meridian.topology import Topology

from tests.doubles.ec2_server import Server
from tests.integration.lifecycle import clouds as trial
from tests.integration.lifecycle.clouds import ENVIRONMENT, Clouds
from tests.integration.lifecycle.conftest import clouds, east, servers  # noqa: F401

FIRST, SECOND, THIRD = (f"kafka-{number}.r0.{ENVIRONMENT}" for number in (1, 2, 3))


class Silent:
    """Minions of machines in which nothing runs."""

    def __init__(self, opts: Any, living: list[str]) -> None:
        self.living = living

    def states(self) -> dict[str, Any]:
        return {}

    def pending(self, topology: Topology, role: str, function: str) -> dict[str, Any]:
        return {}


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "_Minions", Silent)


@pytest.fixture
def hand(clouds: Clouds, east: Server) -> Any:  # noqa: F811
    """Somebody's own client of the cloud."""
    return boto3.client(
        "ec2",
        endpoint_url=f"http://127.0.0.1:{east.port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )


def wanted(count: int = 2) -> Topology:
    made = trial.topology({"east": count})
    regions = tuple(replace(region, settings={**region.settings, "topics": {}}) for region in made.regions)
    return replace(made, regions=regions, settings={"prices": {"currency": "USD"}})


def options(clouds: Clouds) -> dict[str, Any]:  # noqa: F811
    """The master's options, with a pillar beside the clouds' files."""
    (clouds.folder / "pillar/environments").mkdir(parents=True, exist_ok=True)
    return {**clouds.opts, "pillar_roots": {"base": [str(clouds.folder / "pillar")]}}


def wrong(clouds: Clouds, topology: Topology) -> list[Change]:  # noqa: F811
    found = planning.compare(topology, observe.world(options(clouds), topology))
    return [one for one in found if one.kind in ("node", "firewall") and one.verdict is not ChangeKind.SAME]


def machines(clouds: Clouds, topology: Topology) -> list[Change]:  # noqa: F811
    """Leave out the firewalls: they let in addresses, which go and come with machines."""
    return [one for one in wrong(clouds, topology) if one.kind == "node"]


def instance(hand: Any, name: str) -> str:
    found = hand.describe_instances(Filters=[{"Name": "tag:Name", "Values": [name]}])
    return str(found["Reservations"][0]["Instances"][0]["InstanceId"])


def test_what_was_made_is_as_it_should_be(clouds: Clouds) -> None:  # noqa: F811
    clouds.ensure(wanted())
    assert wrong(clouds, wanted()) == []


def test_machines_gone_and_added(clouds: Clouds, hand: Any) -> None:  # noqa: F811
    clouds.ensure(wanted(3))
    hand.terminate_instances(InstanceIds=[instance(hand, FIRST)])
    found = {one.id: one.verdict for one in machines(clouds, wanted(2))}
    assert found == {FIRST: ChangeKind.MISSING, THIRD: ChangeKind.UNMANAGED}


def test_a_machine_of_another_size(clouds: Clouds, hand: Any) -> None:  # noqa: F811
    clouds.ensure(wanted())
    name = instance(hand, SECOND)
    hand.stop_instances(InstanceIds=[name])
    hand.modify_instance_attribute(InstanceId=name, InstanceType={"Value": "t3.large"})
    hand.start_instances(InstanceIds=[name])
    (found,) = machines(clouds, wanted())
    assert (found.id, found.verdict) == (SECOND, ChangeKind.REPLACE)
    assert "size t3.large, wanted t3.micro" in found.reason


def test_a_tag_that_was_changed(clouds: Clouds, hand: Any) -> None:  # noqa: F811
    clouds.ensure(wanted())
    tag = {"Key": "meridian-role", "Value": "other"}
    hand.create_tags(Resources=[instance(hand, FIRST)], Tags=[tag])
    (found,) = wrong(clouds, wanted())
    assert (found.id, found.differences) == (FIRST, (Difference("tag meridian-role", "kafka", "other"),))


def test_a_port_opened_to_the_world(clouds: Clouds, hand: Any) -> None:  # noqa: F811
    clouds.ensure(wanted())
    described = hand.describe_instances(InstanceIds=[instance(hand, FIRST)])
    (group,) = described["Reservations"][0]["Instances"][0]["SecurityGroups"]
    for port in (22, 9093):
        hand.authorize_security_group_ingress(
            GroupId=group["GroupId"], IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0"
        )
    found = {one.id: one for one in wrong(clouds, wanted())}
    assert found[FIRST].kind == "firewall"
    assert found[FIRST].differences == (
        Difference("port 22/tcp", ["203.0.113.7/32"], ["0.0.0.0/0", "203.0.113.7/32"]),
        Difference("port 9093/tcp", None, ["0.0.0.0/0"]),
    )


def test_a_machine_that_was_stopped(clouds: Clouds, hand: Any) -> None:  # noqa: F811
    clouds.ensure(wanted())
    hand.stop_instances(InstanceIds=[instance(hand, FIRST)])
    (found,) = machines(clouds, wanted())
    assert (found.id, found.why) == (FIRST, "power stopped → running")


def test_the_plan_has_prices_of_what_is_there_and_what_is_not(clouds: Clouds) -> None:  # noqa: F811
    clouds.ensure(wanted(1))
    found = planning.compare(wanted(2), observe.world(options(clouds), wanted(2)))
    plan = planning.plan(wanted(2), found, Catalogue.read(clouds.folder))
    machines = {one.id: (one.action, one.cost_per_month) for one in plan.actions if one.kind == "node"}
    # A t3.micro in us-east-1 costs $0.0104 per hour.
    assert machines == {FIRST: ("keep", 7.59), SECOND: ("create", 7.59)}
    assert plan.cost.unknown == (f"{FIRST}/kafka-data", f"{SECOND}/kafka-data")
