"""Servers that stop, change, come and go, while a client writes without a pause."""

import signal

import pytest
from meridian.common.errors import MeridianError
from meridian.services.zookeeper import roll
from meridian.services.zookeeper.members import parse

from tests.integration.zookeeper.conftest import UP_SECONDS, Founder, Writer, make_paths
from tests.integration.zookeeper.machines import Ensemble
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def five(found: Founder) -> Ensemble:
    """Three servers, and two machines that are idle."""
    made = found(count=5)
    make_paths(made)
    return made


def rolled(ensemble: Ensemble, deadline: float = UP_SECONDS) -> tuple[dict[str, str], list[int]]:
    """Do what ``zookeeper.roll`` does for an ensemble; return its changes, and who was restarted."""
    ensemble.restarted.clear()
    done = roll.roll(ensemble, ensemble.wanted, deadline=deadline)
    return done, list(ensemble.restarted)


def leader(ensemble: Ensemble) -> int:
    return next(number for number, one in ensemble.status().items() if one.mode == "leader")


def on_each_server(ensemble: Ensemble) -> list[set[str]]:
    """Return what is written below /marathon, as each server has it after it was told to catch up."""
    found = []
    for number in ensemble.wanted:
        with ensemble.client("marathon", number) as client:
            client.sync("/marathon")
            found.append({f"/marathon/{child}" for child in client.get_children("/marathon")})
    return found


def assert_nothing_lost(ensemble: Ensemble, writer: Writer) -> None:
    assert writer.problem is None
    assert writer.written
    for seen in on_each_server(ensemble):
        assert set(writer.written) <= seen


def clear(ensemble: Ensemble) -> None:
    with ensemble.client("marathon") as client:
        for child in client.get_children("/marathon"):
            client.delete(f"/marathon/{child}")


def test_the_quorum_outlives_its_leader(five: Ensemble) -> None:
    killed = leader(five)
    with Writer(five) as writer:
        writer.await_more()
        five.machines[killed].stop(signal.SIGKILL)
        writer.await_more()
        assert leader(five) != killed
        five.machines[killed].start()
        wait_until("it serves again", lambda: five.machines[killed].ask().serves, UP_SECONDS)
        writer.await_more()
    assert_nothing_lost(five, writer)
    clear(five)


def test_a_changed_setting_restarts_all_one_by_one_and_the_leader_last(five: Ensemble) -> None:
    assert rolled(five) == ({}, [])
    for number in five.wanted:
        five.machines[number].settings["max_connections"] = 77
        five.machines[number].apply()
    last = leader(five)
    with Writer(five) as writer:
        writer.await_more()
        done, order = rolled(five)
        writer.await_more()
    assert sorted(order) == [1, 2, 3]
    assert order[-1] == last
    assert set(done) == {"masters-1", "masters-2", "masters-3"}
    assert all("zoo.cfg" in reason for reason in done.values())
    assert_nothing_lost(five, writer)
    assert rolled(five) == ({}, [])
    clear(five)


def test_a_setting_that_breaks_servers_breaks_one_only_and_is_mended_by_the_next_run(five: Ensemble) -> None:
    followers = sorted(set(five.wanted) - {leader(five)})
    for number in followers:
        five.machines[number].settings["tick_ms"] = "none"
        five.machines[number].apply()
    with pytest.raises(MeridianError, match=rf"restart of masters-{followers[0]}: 1 of 3 .*said last"):
        rolled(five, deadline=5)
    assert {number for number, one in five.status().items() if one.mode} == set(five.wanted) - {followers[0]}

    for number in followers:
        five.machines[number].settings["tick_ms"] = 1000
        five.machines[number].apply()
    five.machines[followers[0]].start()
    assert rolled(five)[1] == []


def test_three_become_five_and_three_again_and_nothing_is_lost(five: Ensemble) -> None:
    with Writer(five, 1, 2, 3) as writer:
        writer.await_more()
        five.want(1, 2, 3, 4, 5)
        for number in (4, 5):
            listed = five.prepare(number)
            assert listed.count("participant") == 4, "those that are there, and itself"
            five.machines[number].start()
        done, restarted = rolled(five)
        assert restarted == []
        assert set(done) == {"masters-4", "masters-5"}
        assert set(five.membership(1).members) == {1, 2, 3, 4, 5}
        writer.await_more()
        assert rolled(five) == ({}, [])
        # Two of five may go.
        for number in (4, 5):
            five.machines[number].stop(signal.SIGKILL)
        writer.await_more()
        five.want(1, 2, 3)
        done, _ = rolled(five)
        assert set(done) == {"server 4", "server 5"}
        writer.await_more()
    assert set(five.membership(1).members) == {1, 2, 3}
    assert_nothing_lost(five, writer)
    clear(five)


def test_a_server_starts_again_with_the_members_of_now(five: Ensemble) -> None:
    """Not with those that it was first started with."""
    before = five.membership(1)
    assert before.version > 0
    five.machines[2].stop()
    five.machines[2].start()
    wait_until("it serves again", lambda: five.machines[2].ask().serves, UP_SECONDS)
    assert five.membership(2) == before
    assert parse((five.machines[2].folder / "data/members/zoo.cfg.dynamic").read_text()).version == 0
