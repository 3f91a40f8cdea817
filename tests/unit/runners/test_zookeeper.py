"""The runner asks minions, and takes no answer but the one it understands."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.runners import zookeeper as runner
from meridian.topology import Addresses, Node, Region

NODES = [f"masters-{number}.us-east.local" for number in (1, 2, 3)]


@pytest.fixture
def region() -> Region:
    """A region with three servers."""
    nodes = tuple(
        Node(
            id=name,
            name=name.split(".")[0],
            group="masters",
            index=number,
            environment="local",
            region="us-east",
            zone="a",
            roles=("zookeeper",),
            profile="local-small",
            addresses=Addresses(name, name, name),
        )
        for number, name in enumerate(NODES, start=1)
    )
    settings = {"zookeeper": {"ports": {"client": 2281, "quorum": 2888, "election": 3888}}}
    return Region("us-east", 0, ("a",), False, nodes, settings, "", "")


class Minions:
    """Minions that answer from memory.

    :ivar answers: function → what every minion answers.
    :ivar asked: function and arguments, in order.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, list[Any]]] = []

    def __enter__(self) -> "Minions":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def cmd(self, nodes: list[str], function: str, arg: Any, **_: Any) -> dict[str, Any]:
        self.asked.append((function, list(arg)))
        answer = self.answers[function]
        return {node: {"ret": answer, "retcode": 0} for node in nodes if answer is not None}


@pytest.fixture
def minions(monkeypatch: pytest.MonkeyPatch) -> Minions:
    """An ensemble where all is as the topology wants it."""
    members = {str(number): f"{node}:2888:3888" for number, node in enumerate(NODES, start=1)}
    made = Minions(
        {
            "zookeeper.status": {"mode": "follower", "zxid": 7, "restart": []},
            "zookeeper.members": {"version": 5, "members": members},
        }
    )
    monkeypatch.setattr("salt.client.get_local_client", lambda mopts: made)
    return made


def rolled(region: Region, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    class Whole:
        regions = (region,)

    monkeypatch.setattr(runner.progress, "report", lambda *_, **__: None)
    monkeypatch.setattr(runner, "load_topology", lambda opts, environment: Whole())
    return runner.roll(timeout=1)


def test_an_ensemble_as_the_topology_has_it_is_left_alone(
    region: Region, minions: Minions, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = rolled(region, monkeypatch)
    assert done == {"ok": True, "changes": {}, "comment": "nothing to change"}
    assert {function for function, _ in minions.asked} == {"zookeeper.status", "zookeeper.members"}


def test_a_server_that_the_topology_does_not_have_leaves(
    region: Region, minions: Minions, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = minions.answers["zookeeper.members"]
    minions.answers["zookeeper.leave"] = {"version": 6, "members": dict(now["members"])}
    now["members"]["4"] = "masters-4.us-east.local:2888:3888"
    assert rolled(region, monkeypatch)["changes"] == {"server 4": "server 4 leaves"}
    assert ("zookeeper.leave", [4, 5]) in minions.asked


def test_a_minion_that_is_silent_or_fails_is_named(
    region: Region, minions: Minions, monkeypatch: pytest.MonkeyPatch
) -> None:
    minions.answers["zookeeper.status"] = None
    with pytest.raises(MeridianError, match=r"ZooKeeper of us-east: no answer from masters-1"):
        rolled(region, monkeypatch)
    minions.answers["zookeeper.status"] = "zookeeper: pillar is empty"
    with pytest.raises(MeridianError, match=r"masters-1.us-east.local: zookeeper.status failed: .*is empty"):
        rolled(region, monkeypatch)
