"""What a profile asks its provider for, from the files alone."""

from pathlib import Path

import pytest
from meridian.cloud.catalogue import Catalogue, Offer
from meridian.common import paths
from meridian.common.errors import MeridianError

PROVIDERS = """
amazon: {driver: libcloud, provider: ec2, id: sdb://env/NOT_SET, arguments: {region: us-east-1}}
amazon-west: {extends: 'amazon:libcloud', arguments: {region: us-west-2}}
bare: {driver: libcloud, provider: gce}
"""
PROFILES = """
amazon-small: {provider: amazon, size: t3.small}
amazon-large: {extends: amazon-small, size: m5.large}
west-small: {provider: 'amazon-west:libcloud', size: t3.small}
placed: {provider: bare, size: n2-standard-2, location: europe-west1-b}
lost: {provider: nobody, size: x}
circle: {extends: circle}
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    for folder, text in (("cloud.providers.d", PROVIDERS), ("cloud.profiles.d", PROFILES)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "all.conf").write_text(text)
    return Catalogue.read(tmp_path)


@pytest.mark.parametrize(
    ("profile", "location", "offer"),
    [
        ("amazon-small", "", Offer("amazon", "ec2", "t3.small", "us-east-1")),
        ("amazon-small", "sa-east-1", Offer("amazon", "ec2", "t3.small", "sa-east-1")),
        ("amazon-large", "", Offer("amazon", "ec2", "m5.large", "us-east-1")),
        ("west-small", "", Offer("amazon-west", "ec2", "t3.small", "us-west-2")),
        ("placed", "", Offer("bare", "gce", "n2-standard-2", "europe-west1-b")),
    ],
)
def test_offer(catalogue: Catalogue, profile: str, location: str, offer: Offer) -> None:
    assert catalogue.offer(profile, location) == offer


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("none", r"cloud.profiles.d/ has no entry 'none'; it has: amazon-large"),
        ("lost", r"profile lost: cloud.providers.d/ has no entry 'nobody'"),
        ("circle", r"circle extends 'circle'"),
    ],
)
def test_what_is_not_there_is_named(catalogue: Catalogue, profile: str, message: str) -> None:
    with pytest.raises(MeridianError, match=message):
        catalogue.offer(profile)


@pytest.mark.parametrize("text", ["a: [", "- a", "a: b"])
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "cloud.profiles.d").mkdir()
    (tmp_path / "cloud.profiles.d" / "bad.conf").write_text(text)
    with pytest.raises(MeridianError, match=r"^cloud.profiles.d/bad.conf: "):
        Catalogue.read(tmp_path)


def test_every_shipped_profile_has_a_provider_and_a_size() -> None:
    shipped = Catalogue.read(paths.repository())
    for profile in shipped.profiles:
        offer = shipped.offer(profile)
        assert offer.kind, profile
        assert offer.size, profile
