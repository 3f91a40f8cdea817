"""What a deployment would do, what it costs, and whether a plan still holds."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from meridian.cloud.catalogue import Catalogue
from meridian.common.errors import MeridianError
from meridian.plan import Change, ChangeKind, Plan, World, compare, disagreement, objection, plan, read
from meridian.topology import Topology

BROKER = "kafka-1.us-east.local"


def planned(topology: Topology, world: World, catalogue: Catalogue) -> Plan:
    return plan(topology, compare(topology, world), catalogue)


def per_month(made: Plan, node: str) -> float | None:
    (cost,) = [one.cost_per_month for one in made.actions if (one.kind, one.id) == ("node", node)]
    return cost


def priced(topology: Topology, **prices: Any) -> Topology:
    settings = {**topology.settings, "prices": {**topology.settings["prices"], **prices}}
    return replace(topology, settings=settings)


def without_volumes(topology: Topology) -> Topology:
    regions = tuple(
        replace(region, nodes=tuple(replace(node, volumes=()) for node in region.nodes))
        for region in topology.regions
    )
    return replace(topology, regions=regions)


def test_the_json_has_what_is_promised(local: Topology, catalogue: Catalogue) -> None:
    told = planned(local, World(), catalogue).to_dict()
    assert json.loads(json.dumps(told)) == told
    assert set(told) == {"environment", "actions", "cost"}
    assert told["environment"] == "local"
    assert told["actions"][0] == {
        "kind": "node",
        "id": BROKER,
        "region": "us-east",
        "action": "create",
        "reason": "",
        "cost_per_month": 0.0,
    }
    assert told["cost"] == {"per_month": 0.0, "per_hour": 0.0, "currency": "USD", "unknown": []}


def test_right_after_a_deployment_there_is_nothing_to_do(
    local: Topology, well: World, catalogue: Catalogue
) -> None:
    now = planned(local, well, catalogue)
    assert now.exit_code == 0
    assert {(one.kind, one.action) for one in now.actions} == {("node", "keep")}


def test_everything_is_created_where_nothing_is(local: Topology, catalogue: Catalogue) -> None:
    now = planned(local, World(), catalogue)
    assert now.exit_code == 2
    assert {one.action for one in now.actions} == {"create"}


def test_strangers_are_listed_and_are_no_change(local: Topology, well: World, catalogue: Catalogue) -> None:
    now = planned(local, replace(well, unmanaged=("old-1.us-east.local",)), catalogue)
    assert now.exit_code == 0
    (unmanaged,) = [one for one in now.actions if one.action == "unmanaged"]
    assert (unmanaged.id, unmanaged.cost_per_month) == ("old-1.us-east.local", None)


def test_what_a_deployment_would_refuse_is_an_error(local: Topology, catalogue: Catalogue) -> None:
    found = Change(
        "topic", "us-east/a", "us-east", ChangeKind.BLOCKED, reason="partitions are never taken away"
    )
    assert plan(local, [found], catalogue).exit_code == 1


def test_prices_come_from_libcloud_by_provider_size_and_place(clouds: Topology, catalogue: Catalogue) -> None:
    bare = without_volumes(clouds)
    broker = "kafka-1.eu-west.clouds"
    # Google's n2-standard-2 in europe-west1: two vCPUs and 8 GiB.
    assert per_month(planned(bare, World(), catalogue), broker) == pytest.approx(77.99)
    own = {"google": {"n2-standard-2": {"any": 0.1, "europe-west1": 0.05}}}
    assert per_month(planned(priced(bare, machines=own), World(), catalogue), broker) == 36.5


def test_what_has_no_price_is_unknown_and_never_zero(clouds: Topology, catalogue: Catalogue) -> None:
    now = planned(without_volumes(clouds), World(), catalogue)
    # The centre's brokers are m5.large in us-east-2; t9.small is nowhere.
    assert per_month(now, "kafka-1.central.clouds") == pytest.approx(0.096 * 730, abs=0.01)
    assert per_month(now, "kafka-1.us-east.clouds") is None
    assert "kafka-1.us-east.clouds" in now.cost.unknown
    assert "kafka-1.central.clouds" not in now.cost.unknown
    assert now.cost.per_month == pytest.approx(3 * 0.096 * 730 + 4 * 77.99, abs=0.02)


def test_of_nothing_that_is_known_the_sum_is_unknown_too(clouds: Topology) -> None:
    profiles = {
        f"{alias}-{size}": {"provider": alias, "size": "odd"}
        for alias in ("amazon", "google")
        for size in ("small", "medium")
    }
    nowhere = Catalogue(profiles, {"amazon": {"provider": "ec2"}, "google": {"provider": "gce"}})
    cost = planned(without_volumes(clouds), World(), nowhere).cost
    assert (cost.per_month, cost.per_hour) == (None, None)
    assert len(cost.unknown) == len(clouds.nodes)


def test_volumes_count_where_pillar_prices_them_and_are_named_where_nobody_does(
    clouds: Topology, catalogue: Catalogue
) -> None:
    broker = clouds.node("kafka-1.central.clouds")
    disks = [f"{broker.id}/{volume.name}" for volume in broker.volumes]
    assert disks == ["kafka-1.central.clouds/kafka-data"]
    bare = planned(clouds, World(), catalogue)
    assert set(disks) <= set(bare.cost.unknown)
    own = {"ec2": {volume.type: {"any": 0.08} for volume in broker.volumes}}
    now = planned(priced(clouds, volumes=own), World(), catalogue)
    assert not set(disks) & set(now.cost.unknown)
    assert per_month(now, broker.id) == pytest.approx(0.096 * 730 + 0.08 * 200, abs=0.01)


def test_a_profile_that_is_not_there_is_named(clouds: Topology) -> None:
    with pytest.raises(MeridianError, match=r"cloud.profiles.d/ has no entry 'amazon-small'"):
        planned(clouds, World(), Catalogue({}, {}))


def test_a_plan_read_back_is_the_same(local: Topology, catalogue: Catalogue, tmp_path: Path) -> None:
    now = planned(local, World(), catalogue)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(now.to_dict()))
    assert read(file) == now
    assert disagreement(read(file), now) == ""


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"environment": "local", "actions": [1], "cost": {}}'])
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(MeridianError, match=r"plan.json is no plan"):
        read(file)


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match="No such file"):
        read(tmp_path / "none.json")


def test_a_world_that_moved_is_told_by_its_first_difference(
    local: Topology, well: World, catalogue: Catalogue
) -> None:
    before = planned(
        local, replace(well, nodes={k: v for k, v in well.nodes.items() if k != BROKER}), catalogue
    )
    now = planned(local, well, catalogue)
    assert disagreement(before, now) == f"node {BROKER}: planned create, now keep"
    gone = replace(well, topics={**well.topics, "us-east": {"canary": None, "flights": None}})
    later = planned(local, gone, catalogue)
    assert disagreement(now, later) == "topic us-east/canary: not in the plan, now create (3 partitions)"
    assert disagreement(later, now) == (
        "topic us-east/canary: planned create (3 partitions), now nothing to do"
    )


def test_another_reason_is_another_world_but_another_price_is_not(
    local: Topology, catalogue: Catalogue
) -> None:
    def of(reason: str) -> Plan:
        return plan(
            local, [Change("topic", "us-east/a", "us-east", ChangeKind.DIFFERS, reason=reason)], catalogue
        )

    assert disagreement(of("partitions 3 → 6"), of("partitions 3 → 9")) == (
        "topic us-east/a: planned change (partitions 3 → 6), now change (partitions 3 → 9)"
    )
    dear = of("x")
    cheap = replace(dear, cost=replace(dear.cost, per_month=1.0))
    assert disagreement(dear, cheap) == ""


def test_what_no_deployment_does_stands_against_a_plan(
    local: Topology, well: World, catalogue: Catalogue
) -> None:
    now = planned(local, replace(well, replace={BROKER: "size a, wanted b"}), catalogue)
    assert now.exit_code == 2
    assert objection(now, now).startswith(
        f"no deployment can do this of it: replace {BROKER}: size a, wanted b"
    )
    fine = planned(local, well, catalogue)
    assert objection(fine, fine) == ""


def test_a_plan_of_another_environment(local: Topology, catalogue: Catalogue) -> None:
    now = planned(local, World(), catalogue)
    assert "plan of environment aws" in disagreement(replace(now, environment="aws"), now)
