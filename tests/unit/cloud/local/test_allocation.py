from ipaddress import IPv4Network
from pathlib import Path

import pytest
from meridian.cloud.local import allocation, taken
from meridian.cloud.local.allocation import Record, allot
from meridian.common import paths
from meridian.common.errors import MeridianError

from tests.doubles.docker_engine import Engine, network

ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t0000D50A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    return tmp_path


def test_first_free_network_is_taken() -> None:
    used = [IPv4Network("10.213.7.0/24"), IPv4Network("10.214.0.0/15")]
    assert allot(None, "local", used).network == "10.216.0.0/16"


def test_environments_get_slots_of_their_own_and_keep_them() -> None:
    record = allot(allot(None, "local", []), "test", [])
    assert record.slots == {"local": 0, "test": 1}
    assert allot(record, "local", [IPv4Network(record.network)]) == record


def test_free_slot_is_used_again() -> None:
    record = Record("10.213.0.0/16", {"a": 0, "c": 2}, "00000000")
    assert allot(record, "b", []).slots["b"] == 1


def test_wish_that_overlaps_is_refused_with_what_it_overlaps() -> None:
    with pytest.raises(MeridianError, match=r"10\.99\.0\.0/16 overlaps 10\.99\.3\.0/24"):
        allot(None, "local", [IPv4Network("10.99.3.0/24")], wish="10.99.0.0/16")


def test_wish_other_than_the_recorded_network_is_refused() -> None:
    with pytest.raises(MeridianError, match=r"wants 10\.99\.0\.0/16 but this clone uses 10\.213\.0\.0/16"):
        allot(Record("10.213.0.0/16", {}, "00000000"), "local", [], wish="10.99.0.0/16")


def test_all_candidates_taken_says_what_to_do() -> None:
    with pytest.raises(MeridianError, match="docker network prune"):
        allot(None, "local", [IPv4Network("10.0.0.0/8")])


def test_record_survives_and_is_forgotten(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever else this machine is connected to.
    monkeypatch.setattr(taken, "routes", list)
    engine = Engine()
    engine.known_networks.append(network("someone", "10.213.4.0/24"))
    first = allocation.ensure("local", client=engine)
    assert first.network == "10.214.0.0/16"
    assert allocation.ensure("local", client=engine) == first == allocation.find("local")
    allocation.forget("local")
    assert allocation.find("local") is None
    assert allocation.platform_id() == first.platform


def test_damaged_record_is_named(state: Path) -> None:
    (state / "networks.json").write_text('{"network": "10.213.0.0/16"')
    with pytest.raises(MeridianError, match=r"networks\.json is damaged"):
        allocation.find("local")


def test_routes_are_read_without_the_default_route() -> None:
    assert taken.routes(ROUTES) == [IPv4Network("192.0.2.0/24"), IPv4Network("10.213.0.0/16")]
