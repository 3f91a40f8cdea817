"""Regions over several providers: aliases, places, zones, tags."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from meridian.topology import Layers, TopologyError, expand

CLOUDS = """
environment: {provider: clouds, providers: {eu-west: other}}
volumes: {kafka: {data: {size_gb: 200, type: ssd, mount: kafka.data}}}
overrides:
  us-east: {region: {locations: {ec2: us-east-1}}}
  eu-west:
    region:
      locations: {gce: europe-west1}
      location_zones: {gce: [europe-west1-b, europe-west1-c, europe-west1-d]}
"""
KINDS = {"clouds": "ec2", "other": "gce"}


@pytest.fixture
def clouds(bent: Callable[..., Layers]) -> Layers:
    return replace(bent(CLOUDS), providers=KINDS)


def test_a_region_has_its_own_provider_or_the_environments(clouds: Layers) -> None:
    made = expand(clouds, "cloud")
    assert (made.provider, made.providers) == ("clouds", ("clouds", "other"))
    assert [(one.provider, one.kind) for one in made.regions] == [
        ("clouds", "ec2"),
        ("other", "gce"),
        ("clouds", "ec2"),
    ]
    node = made.node("kafka-2.eu-west.cloud")
    assert (node.provider, node.size, node.profile) == ("other", "small", "other-small")


def test_places_and_zones_are_called_as_the_provider_calls_them(clouds: Layers) -> None:
    made = expand(clouds, "cloud")
    assert [region.location for region in made.regions] == ["us-east-1", "europe-west1", "us-east-2"]
    assert made.region("eu-west").zones == ("europe-west1-b", "europe-west1-c", "europe-west1-d")
    assert made.node("kafka-2.eu-west.cloud").zone == "europe-west1-c"
    assert made.node("kafka-2.us-east.cloud").zone == "us-east-1b"


def test_one_region_may_be_local_beside_clouds(bent: Callable[..., Layers]) -> None:
    layers = bent("environment: {providers: {us-east: aws}}")
    made = expand(replace(layers, providers={"local": "local", "aws": "ec2"}), "mixed")
    assert made.node("kafka-1.us-east.mixed").addresses.region == "kafka-1.us-east.mixed"
    assert made.node("kafka-1.eu-west.mixed").addresses.region == "10.213.17.10"


def test_tags_say_whose_a_machine_is(clouds: Layers) -> None:
    made = expand(clouds, "cloud")
    assert made.node("services-1.central.cloud").tags == {
        "meridian-platform": "meridian",
        "meridian-environment": "cloud",
        "meridian-region": "central",
        "meridian-role": "archive+objectstore",
    }


def test_a_provider_for_a_region_that_is_not_there_is_refused(bent: Callable[..., Layers]) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent("environment: {providers: {us-wset: aws}}"), "local")
    assert str(caught.value) == (
        "pillar/environments/broken.sls: environment.providers.us-wset: "
        "no region 'us-wset' in this environment; did you mean 'us-east'?"
    )


def test_a_region_whose_place_at_its_provider_nobody_named_is_refused(bent: Callable[..., Layers]) -> None:
    for text, path in (
        ("{providers: {eu-west: gce}}", "environment.providers.eu-west"),
        ("{provider: gce}", "environment.provider"),
    ):
        with pytest.raises(TopologyError) as caught:
            expand(bent(f"environment: {text}"), "cloud")
        assert str(caught.value) == (
            f"pillar/environments/broken.sls: {path}: no place of eu-west at gce is known; "
            "expected region.locations.gce in its file"
        )


def test_a_provider_whose_zones_are_too_few_is_told_by_its_own_zones(clouds: Layers) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(replace(clouds, regions=_with_zones(clouds, ["europe-west1-b"])), "cloud")
    assert "overrides.eu-west.region.location_zones.gce: expected a zone for each" in str(caught.value)


def _with_zones(layers: Layers, zones: list[str]) -> dict[str, object]:
    layers.environments[-1].data["overrides"]["eu-west"]["region"]["location_zones"]["gce"] = zones
    return dict(layers.regions)
