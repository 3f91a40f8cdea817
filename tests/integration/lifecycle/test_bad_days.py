"""What a cloud does on a bad day, over real HTTP; after each the machines are counted behind its back."""

import collections
import multiprocessing
import time
from typing import Any

import pytest
from libcloud.compute.base import NodeImage
from meridian.common.errors import MeridianError
from meridian.salt_api.machines import ProviderClient

from tests.doubles.ec2_server import Faults, Server
from tests.integration.lifecycle.clouds import ENVIRONMENT, IMAGE, Clouds, topology


def test_provider_that_limits_our_calls_gets_each_machine_once(clouds: Clouds, east: Server) -> None:
    wanted = topology({"east": 20})
    east.faults(Faults(every=10))
    clouds.ensure(wanted)
    assert _names(east) == {node.id: 1 for node in wanted.nodes}
    assert clouds.keys() == set(_names(east))
    clouds.destroy()
    assert east.machines() == []
    assert east.volumes() == []
    assert clouds.keys() == set()


def test_machine_whose_answer_was_lost_is_not_made_twice(clouds: Clouds, east: Server) -> None:
    wanted = topology({"east": 6})
    east.faults(Faults(lost={"RunInstances": 3}))
    clouds.ensure(wanted)
    assert _names(east) == {node.id: 1 for node in wanted.nodes}
    assert clouds.keys() == set(_names(east))
    east.faults(Faults(lost={"TerminateInstances": 3}))
    clouds.destroy()
    assert east.machines() == []


def test_quota_keeps_what_is_made_and_the_next_run_goes_on(
    clouds: Clouds, east: Server, west: Server
) -> None:
    wanted = topology({"east": 20, "west": 2})
    east.faults(Faults(quota=7))
    with pytest.raises(MeridianError, match="east: quota reached, 7 of 20 made and kept") as told:
        clouds.ensure(wanted)
    _is_one_line(told.value)
    kept = {machine["id"] for machine in east.machines()}
    assert (len(kept), len(west.machines())) == (7, 2)
    # All were named: those that were refused, and those not even asked for.
    assert all(node.id in str(told.value) or node.id in _names(east) for node in wanted.regions[0].nodes)
    # A few may have been asked for at the same moment, but not all thirteen.
    assert east.calls()["RunInstances"] <= 7 + 4
    assert clouds.keys() == {*_names(east), *_names(west)}
    east.faults(Faults())
    clouds.ensure(wanted)
    assert _names(east) == {node.id: 1 for node in wanted.regions[0].nodes}
    assert kept <= {machine["id"] for machine in east.machines()}


def test_api_down_in_the_middle_of_destroy(clouds: Clouds, east: Server, west: Server) -> None:
    clouds.providers["east"]["retry"]["deadline"] = 1.0
    clouds.write()
    clouds.ensure(topology({"east": 6, "west": 3}))
    east.faults(Faults(down_after={"TerminateInstances": 2}))
    with pytest.raises(MeridianError, match="the next destroy goes on from here") as told:
        clouds.destroy()
    _is_one_line(told.value)
    left = _names(east)
    assert len(left) == 4
    assert west.machines() == []
    assert all(name in str(told.value) for name in left)
    # A machine that may live keeps the key that it answers with.
    assert clouds.keys() >= set(left)
    with pytest.raises(MeridianError, match="machines at east are not known"):
        clouds.destroy()
    east.faults(Faults())
    clouds.destroy()
    assert east.machines() == []
    assert clouds.keys() == set()


def test_refused_credentials_make_nothing_anywhere(clouds: Clouds, east: Server, west: Server) -> None:
    west.faults(
        Faults(answer=["AuthFailure", "AWS was not able to validate the provided access credentials", 401])
    )
    with pytest.raises(MeridianError, match=r"west: .*credentials refused") as told:
        clouds.ensure(topology({"east": 2, "west": 2}))
    _is_one_line(told.value)
    assert "secret" not in str(told.value).replace("secrets", "")
    assert east.machines() == []
    assert clouds.keys() == set()


def test_missing_credentials_are_named(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIAL_KEY")
    with pytest.raises(MeridianError, match="TRIAL_KEY") as told:
        clouds.ensure(topology({"east": 1}))
    _is_one_line(told.value)


def test_credentials_that_may_only_list(clouds: Clouds, east: Server) -> None:
    denied = ["UnauthorizedOperation", "You are not authorized to perform this operation.", 403]
    east.faults(Faults(answers={"RunInstances": denied}))
    with pytest.raises(MeridianError, match="credentials refused") as told:
        clouds.ensure(topology({"east": 12}))
    _is_one_line(told.value)
    assert east.calls()["RunInstances"] <= 4
    assert (east.machines(), clouds.keys()) == ([], set())


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("RequestExpired", "Request has expired."),
        ("AuthFailure", "Signature not yet current: 20261121T120000Z is still later than 20261121T110000Z"),
    ],
)
def test_wrong_clock_is_told_as_such(clouds: Clouds, east: Server, code: str, message: str) -> None:
    east.faults(Faults(answer=[code, message, 400]))
    with pytest.raises(MeridianError, match="clock") as told:
        clouds.ensure(topology({"east": 1}))
    _is_one_line(told.value)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({"image": "ami-00000000"}, "ami-00000000"),
        ({"size": "t9.huge"}, "t9.huge"),
        ({"zone": "us-east-1z"}, "us-east-1z"),
    ],
)
def test_what_is_not_offered_is_one_line(
    clouds: Clouds, east: Server, profile: dict[str, str], said: str
) -> None:
    clouds.profiles["east-small"] |= profile
    clouds.write()
    wanted = topology({"east": 2}) if "zone" not in profile else topology({"east": 2}, zone=profile["zone"])
    with pytest.raises(MeridianError, match=said) as told:
        clouds.ensure(wanted)
    _is_one_line(told.value)
    assert all(node.id in str(told.value) for node in wanted.nodes)
    assert (east.machines(), clouds.keys()) == ([], set())
    assert east.calls().get("RunInstances", 0) == 0


def test_region_that_does_not_exist(clouds: Clouds, east: Server) -> None:
    clouds.providers["east"]["arguments"]["region"] = "us-middle-9"
    clouds.write()
    with pytest.raises(MeridianError, match="us-middle-9") as told:
        clouds.ensure(topology({"east": 1}))
    _is_one_line(told.value)
    assert east.machines() == []


def test_two_machines_of_one_name_are_named_and_left(clouds: Clouds, east: Server) -> None:
    wanted = topology({"east": 2})
    clouds.ensure(wanted)
    conn = ProviderClient(clouds.opts, "east", ENVIRONMENT).call("get_conn")
    [size] = [size for size in conn.list_sizes() if size.id == "t3.micro"]
    twin = wanted.nodes[0]
    conn.create_node(name=twin.id, size=size, image=NodeImage(IMAGE, IMAGE, conn), ex_metadata=twin.tags)
    both = [machine["id"] for machine in east.machines() if machine["name"] == twin.id]
    for act in (lambda: clouds.ensure(wanted), clouds.destroy):
        with pytest.raises(MeridianError, match=f"{twin.id}: 2 machines of one name") as told:
            act()
        _is_one_line(told.value)
        assert all(identity in str(told.value) for identity in both)
    assert {machine["id"] for machine in east.machines()} == set(both)


def test_killed_run_is_gone_on_with(clouds: Clouds, east: Server) -> None:
    wanted = topology({"east": 16})
    run = multiprocessing.get_context("fork").Process(target=clouds.ensure, args=(wanted,))
    run.start()
    try:
        deadline = time.monotonic() + 60
        while len(east.machines()) < 5:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        run.kill()
        run.join()
    done: dict[str, Any] = clouds.ensure(wanted)
    assert len(done["made"]) < 16
    assert _names(east) == {node.id: 1 for node in wanted.nodes}
    assert clouds.keys() == set(_names(east))


def _names(server: Server) -> dict[str, int]:
    return dict(collections.Counter(machine["name"] for machine in server.machines()))


def _is_one_line(told: MeridianError) -> None:
    assert "\n" not in str(told)
