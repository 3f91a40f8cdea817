"""Which providers an environment ever had machines at survives a change of its pillar."""

from pathlib import Path

import pytest
from meridian.cloud.lifecycle import record
from meridian.common.errors import MeridianError


def test_provider_stays_on_record_when_its_region_leaves(tmp_path: Path) -> None:
    file = tmp_path / "providers.json"
    record.add(file, "multi", {"aws": "ec2", "google": "gce"})
    record.add(file, "multi", {"aws": "ec2"})
    record.add(file, "local", {"local": "local"})
    assert record.read(file, "multi") == {"aws": "ec2", "google": "gce"}
    record.left(file, "multi", ["google"])
    assert record.read(file, "multi") == {"aws": "ec2"}
    record.forget(file, "multi")
    assert (record.read(file, "multi"), record.read(file, "local")) == ({}, {"local": "local"})


def test_damaged_record_is_named(tmp_path: Path) -> None:
    file = tmp_path / "providers.json"
    file.write_text("{")
    with pytest.raises(MeridianError, match=r"providers\.json is damaged"):
        record.read(file, "multi")
