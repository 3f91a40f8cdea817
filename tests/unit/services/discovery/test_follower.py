"""The daemon, between a source and a proxy that have bad days."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from meridian.services.discovery.follower import Follower
from meridian.services.discovery.haproxy import RuntimeApi
from meridian.services.discovery.model import DiscoveryError, Endpoint, Wanted

A, B = Endpoint("10.0.0.1", 31001), Endpoint("10.0.0.2", 31002)
_HEAD = "1\n# be_name srv_name srv_addr srv_op_state srv_admin_state srv_port\n"


class Brokers:
    """A source whose answer a test sets."""

    name = "scheduler"

    def __init__(self) -> None:
        self.answer: Wanted | DiscoveryError = {}

    def wanted(self) -> Wanted:
        if isinstance(self.answer, DiscoveryError):
            raise self.answer
        return self.answer


class Proxy(RuntimeApi):
    """A proxy of two slots; started anew, it has forgotten all."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.away = False
        self.held: dict[str, tuple[str, str, bool]] = dict.fromkeys(("one", "two"), ("-", "0", False))

    def state(self) -> str:
        if self.away:
            raise DiscoveryError("the proxy does not answer at /run/admin.sock: Connection refused")
        lines = [
            f"kafka {name} {address} 2 {4 if ready else 5} {port}"
            for name, (address, port, ready) in self.held.items()
        ]
        return _HEAD + "\n".join(lines)

    def run(self, commands: Sequence[str]) -> None:
        for command in commands:
            words = command.split()
            name = words[2].partition("/")[2]
            address, port, ready = self.held[name]
            if words[3] == "addr":
                address, port = words[4], words[6]
            else:
                ready = words[4] == "ready"
            self.held[name] = (address, port, ready)

    @property
    def leads_to(self) -> set[str]:
        return {f"{address}:{port}" for address, port, ready in self.held.values() if ready}


class World:
    def __init__(self, folder: Path) -> None:
        self.brokers, self.proxy, self.folder = Brokers(), Proxy(), folder
        self.start()

    def start(self) -> None:
        """Start the daemon, with the files that it left."""
        files = (self.folder / "known.json", self.folder / "record")
        self.follower = Follower([self.brokers], self.proxy, *files, seconds=3600)
        self.follower.recall()

    def look(self, answer: Wanted | DiscoveryError | None = None) -> set[str]:
        if answer is not None:
            self.brokers.answer = answer
            self.follower.wake.set()
        self.follower.look()
        return self.proxy.leads_to


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_it_leads_to_the_brokers_wherever_they_go(world: World) -> None:
    assert world.look({"kafka": [A, B]}) == {str(A), str(B)}
    moved = Endpoint("10.0.0.9", 31009)
    assert world.look({"kafka": [moved, B]}) == {str(moved), str(B)}


@pytest.mark.parametrize("answer", [{"kafka": []}, {}, DiscoveryError("https://127.0.0.1:17000 answers 503")])
def test_a_source_that_knows_nothing_empties_nothing(world: World, answer: Wanted | DiscoveryError) -> None:
    world.look({"kafka": [A]})
    assert world.look(answer) == {str(A)}


def test_after_a_restart_it_goes_on_with_what_was_known(world: World) -> None:
    world.look({"kafka": [A, B]})
    world.proxy.restart()
    world.start()
    assert world.look(DiscoveryError("no answer")) == {str(A), str(B)}


def test_a_proxy_that_was_started_anew_is_told_again(world: World) -> None:
    world.look({"kafka": [A]})
    world.proxy.away = True
    world.look({"kafka": [B]})
    world.proxy.restart()
    assert world.look() == {str(B)}


def test_a_damaged_memory_is_told_and_written_anew(world: World, caplog: pytest.LogCaptureFixture) -> None:
    (world.folder / "known.json").write_text("{half")
    world.start()
    assert "known.json is damaged" in caplog.text
    assert world.look({"kafka": [A]}) == {str(A)}
    world.proxy.restart()
    world.start()
    assert world.look(DiscoveryError("no answer")) == {str(A)}


def test_a_problem_is_told_once_and_so_is_its_end(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for answer in (DiscoveryError("down"), DiscoveryError("down"), {"kafka": [A]}, {"kafka": [A]}):
        world.look(answer)
    assert [record.getMessage() for record in caplog.records] == [
        "down",
        "scheduler: well again",
        f"kafka {A} is there",
    ]


def test_the_proxys_own_record_lets_it_start_with_them(world: World) -> None:
    world.look({"kafka": [A]})
    assert "10.0.0.1 2 4 31001" in (world.folder / "record").read_text()
