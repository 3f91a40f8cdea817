"""What a roll does, in which order, and where it stops."""

import pytest
from meridian.common.errors import MeridianError
from meridian.services.zookeeper import roll
from meridian.services.zookeeper.members import Member, Membership, Step


def members(*numbers: int) -> dict[int, Member]:
    return {number: Member(number, f"masters-{number}") for number in numbers}


class Ensemble:
    """An ensemble in memory.

    :ivar acts: what was done, in order.
    """

    def __init__(self, now: dict[int, Member], leader: int, up: set[int]) -> None:
        self.now = Membership(5, now)
        self.leader = leader
        self.up = up
        self.reasons: dict[int, list[str]] = {}
        self.broken: set[int] = set()
        self.wanted: dict[int, Member] = {}
        self.acts: list[str] = []

    def status(self) -> dict[int, roll.Status]:
        return {
            number: roll.Status(
                ("leader" if number == self.leader else "follower") if number in self.up else "",
                tuple(self.reasons.get(number, ())),
            )
            for number in self.wanted
        }

    def membership(self, server: int) -> Membership:
        assert server in self.up
        return self.now

    def change(self, server: int, step: Step, version: int) -> Membership:
        assert (server in self.up, version) == (True, self.now.version)
        self.acts.append(str(step))
        after = dict(self.now.members)
        if step.joining is not None:
            after[step.joining.id] = step.joining
        else:
            del after[step.leaving or 0]
        self.now = Membership(version + 1, after)
        return self.now

    def restart(self, server: int) -> None:
        self.acts.append(f"restart {server}")
        self.reasons.pop(server, None)
        self.up -= {server}
        if server not in self.broken:
            self.up |= {server}

    def last_log_line(self, server: int) -> str:
        return "ERROR bad tickTime"

    def name(self, server: int) -> str:
        return f"masters-{server}" if server in self.wanted else f"server {server}"

    def rolled(self, wanted: dict[int, Member]) -> dict[str, str]:
        self.wanted = wanted
        return roll.roll(self, wanted, deadline=0.2)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(roll, "_PATIENCE_SECONDS", 0.05)


def test_nothing_is_done_when_all_is_as_wanted() -> None:
    ensemble = Ensemble(members(1, 2, 3), leader=2, up={1, 2, 3})
    assert ensemble.rolled(members(1, 2, 3)) == {}
    assert ensemble.acts == []


def test_servers_are_restarted_one_by_one_and_the_leader_last() -> None:
    ensemble = Ensemble(members(1, 2, 3), leader=1, up={1, 2, 3})
    ensemble.reasons = {1: ["LAUNCH /etc/x"], 2: ["CERTIFICATE /etc/y"], 3: ["LAUNCH /etc/x"]}
    assert ensemble.rolled(members(1, 2, 3)) == {
        "masters-2": "CERTIFICATE /etc/y",
        "masters-3": "LAUNCH /etc/x",
        "masters-1": "LAUNCH /etc/x",
    }
    assert ensemble.acts == ["restart 2", "restart 3", "restart 1"]


def test_one_that_does_not_come_back_stops_the_roll_and_says_why() -> None:
    ensemble = Ensemble(members(1, 2, 3), leader=1, up={1, 2, 3})
    ensemble.reasons = {2: ["LAUNCH /etc/x"], 3: ["LAUNCH /etc/x"]}
    ensemble.broken = {2}
    with pytest.raises(
        MeridianError,
        match=r"after the restart of masters-2: 1 of 3 servers of ZooKeeper serve nobody after 0 s; "
        r"masters-2 said last: ERROR bad tickTime",
    ):
        ensemble.rolled(members(1, 2, 3))
    assert ensemble.acts == ["restart 2"]


def test_those_that_are_down_are_restarted_together_when_they_have_a_reason() -> None:
    """Two of three: one alone could not come back."""
    ensemble = Ensemble(members(1, 2, 3), leader=1, up=set())
    ensemble.reasons = {2: ["LAUNCH /etc/x"], 3: ["LAUNCH /etc/x"]}
    ensemble.up = {1}
    assert set(ensemble.rolled(members(1, 2, 3))) == {"masters-2", "masters-3"}


def test_members_come_before_others_go_each_in_a_change_of_its_own() -> None:
    ensemble = Ensemble(members(1, 2, 3), leader=3, up={1, 2, 3, 4, 5})
    done = ensemble.rolled(members(1, 4, 5))
    assert ensemble.acts == [
        "server 4 (masters-4) joins",
        "server 5 (masters-5) joins",
        "server 2 leaves",
        "server 3 leaves",
    ]
    assert set(done) == {"masters-4", "masters-5", "server 2", "server 3"}


def test_one_that_does_not_come_up_gets_no_vote() -> None:
    ensemble = Ensemble(members(1, 2, 3), leader=3, up={1, 2, 3, 4})
    with pytest.raises(MeridianError, match=r"1 of 5 servers of ZooKeeper serve nobody.*masters-5 said last"):
        ensemble.rolled(members(1, 2, 3, 4, 5))
    assert ensemble.acts == []
