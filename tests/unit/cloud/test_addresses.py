"""What clouds gave, written down once and read by the topology."""

from pathlib import Path

import pytest
from meridian.cloud import addresses
from meridian.common.errors import MeridianError
from meridian.topology import Addresses

SEEN = {
    "kafka-1.us-east.aws": {
        "private_ips": ["10.0.0.5", "ip-10-0-0-5"],
        "public_ips": ["203.0.113.5"],
    },
    "kafka-2.us-east.aws": {"private_ips": [], "public_ips": ["2001:db8::6", "203.0.113.6"]},
    "kafka-3.us-east.aws": {"private_ips": ["10.0.0.7"], "public_ips": []},
    "half-made.us-east.aws": {"private_ips": [], "public_ips": []},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(addresses, "record_file", lambda environment: tmp_path / f"{environment}.json")
    return tmp_path


def test_what_is_recorded_is_where_nodes_are_reached() -> None:
    assert addresses.load("aws") == {}
    assert addresses.record("aws", SEEN) == [f"kafka-{index}.us-east.aws" for index in (1, 2, 3)]
    assert addresses.load("aws") == {
        "kafka-1.us-east.aws": Addresses("203.0.113.5", "10.0.0.5", "203.0.113.5"),
        "kafka-2.us-east.aws": Addresses("203.0.113.6", "203.0.113.6", "203.0.113.6"),
        "kafka-3.us-east.aws": Addresses("10.0.0.7", "10.0.0.7", "10.0.0.7"),
    }


def test_only_what_moved_is_told() -> None:
    addresses.record("aws", SEEN)
    assert addresses.record("aws", SEEN) == []
    moved = {**SEEN, "kafka-3.us-east.aws": {"private_ips": ["10.0.0.8"]}}
    assert addresses.record("aws", moved) == ["kafka-3.us-east.aws"]
    assert addresses.record("aws", {}) == []
    assert addresses.load("aws") == {}


def test_forgetting_twice_is_no_mistake() -> None:
    addresses.record("aws", SEEN)
    addresses.forget("aws")
    addresses.forget("aws")
    assert addresses.load("aws") == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"a": {"private": ["x"], "public": []}}', '{"a": {}}'])
def test_a_damaged_record_is_told_by_its_name(folder: Path, text: str) -> None:
    (folder / "aws.json").write_text(text)
    with pytest.raises(MeridianError, match=r"aws\.json is damaged .*: remove it and deploy again"):
        addresses.load("aws")
