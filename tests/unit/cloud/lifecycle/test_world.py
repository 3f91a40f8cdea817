"""What there is, what is missing, and above all what is not ours."""

from meridian.cloud.lifecycle.world import assess, owned

from tests.unit.cloud.lifecycle.machines import entry

WANTED = {"kafka-1.east.aws": "ec2", "kafka-2.east.aws": "ec2", "kafka-1.west.aws": "gce"}


def test_each_node_is_there_missing_or_half_made() -> None:
    listings = {
        "ec2": {"kafka-1.east.aws": entry("i-1"), "kafka-2.east.aws": entry("i-2", state="PENDING")},
        "gce": {},
    }
    world = assess("aws", WANTED, listings)
    assert list(world.existing) == ["kafka-1.east.aws"]
    assert (world.incomplete, world.missing) == (("kafka-2.east.aws",), ("kafka-1.west.aws",))
    assert (world.stopped, world.unmanaged, world.conflicts) == ((), (), ())


def test_stopped_machine_exists() -> None:
    world = assess("aws", WANTED, {"ec2": {"kafka-1.east.aws": entry("i-1", state="STOPPED")}})
    assert world.stopped == ("kafka-1.east.aws",)
    assert "kafka-1.east.aws" not in world.missing


def test_machine_that_is_gone_or_going_is_not_there() -> None:
    listings = {
        "ec2": {
            "kafka-1.east.aws": entry("i-1", state="TERMINATED"),
            "kafka-2.east.aws": entry("i-2", state="UNKNOWN", extra={"status": "shutting-down"}),
        }
    }
    assert set(assess("aws", WANTED, listings).missing) == set(WANTED)
    assert owned("aws", listings) == ({}, [])


def test_strangers_bear_the_environments_name_or_tags() -> None:
    listings = {
        "ec2": {"bastion.aws": entry("i-1", environment=""), "old": entry("i-2"), "web": entry("i-3", "prod")}
    }
    assert assess("aws", WANTED, listings).unmanaged == ("bastion.aws", "old")


def test_machine_of_our_name_without_our_tags_is_a_conflict() -> None:
    for other in ("", "aws2"):
        listings = {"ec2": {"kafka-1.east.aws": entry("i-1", environment=other)}}
        world = assess("aws", WANTED, listings)
        assert world.conflicts == (
            "kafka-1.east.aws: ec2 has a machine of that name without our tags, i-1; rename or remove it",
        )
        assert "kafka-1.east.aws" not in {*world.existing, *world.missing}


def test_two_machines_of_one_name_are_told_with_both_ids() -> None:
    listings = {"ec2": {"kafka-1.east.aws": entry("i-1", duplicates=["i-2"])}}
    line = (
        "kafka-1.east.aws: 2 machines of one name, i-1 at ec2 and i-2 at ec2; remove all but one by their ids"
    )
    assert assess("aws", WANTED, listings).conflicts == (line,)
    assert owned("aws", listings) == ({}, [line])


def test_two_machines_of_one_name_at_two_providers_too() -> None:
    listings = {"ec2": {"kafka-1.west.aws": entry("i-1")}, "gce": {"kafka-1.west.aws": entry("77")}}
    world = assess("aws", WANTED, listings)
    assert world.conflicts == (
        "kafka-1.west.aws: 2 machines of one name, 77 at gce and i-1 at ec2; remove all but one by their ids",
    )
    found, conflicts = owned("aws", listings)
    assert (found, len(conflicts)) == ({}, 1)


def test_machine_at_a_provider_that_its_region_has_left() -> None:
    world = assess("aws", WANTED, {"ec2": {"kafka-1.west.aws": entry("i-1")}, "gce": {}})
    assert world.elsewhere["kafka-1.west.aws"]["provider"] == "ec2"
    assert "kafka-1.west.aws" not in {*world.existing, *world.missing}


def test_only_our_tags_make_a_machine_ours_to_destroy() -> None:
    listings = {
        "ec2": {
            "kafka-1.east.aws": entry("i-1"),
            "kafka-2.east.aws": entry("i-2", environment=""),
            "kafka-3.east.aws": entry("i-3", environment="aws2"),
            "renamed-by-hand": entry("i-4"),
        },
        "gce": {"kafka-1.west.aws": entry("77")},
    }
    found, conflicts = owned("aws", listings)
    assert {name: seen["provider"] for name, seen in found.items()} == {
        "kafka-1.east.aws": "ec2",
        "renamed-by-hand": "ec2",
        "kafka-1.west.aws": "gce",
    }
    assert conflicts == []
