"""What is announced, and for which machines."""

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos import maintenance

from tests.unit.services.mesos.conftest import NODE, Small

A, B = {"hostname": "a", "ip": "10.0.0.1"}, {"hostname": "b", "ip": "10.0.0.2"}


def test_windows_replace_what_was_planned_for_their_nodes() -> None:
    first = maintenance.window([A, B], 0, 60, now=1000)
    assert first["unavailability"] == {
        "start": {"nanoseconds": 1_000_000_000_000},
        "duration": {"nanoseconds": 60_000_000_000},
    }
    later = maintenance.window([B], 60, 0, now=1000)
    windows = maintenance.with_window({"windows": [first]}, later)
    assert [one["machine_ids"] for one in windows] == [[A], [B]]
    assert "duration" not in windows[1]["unavailability"]
    assert maintenance.without({"windows": windows}, ["a", "b"]) == []
    assert maintenance.planned({"windows": windows}, ["b", "a"]) == [B, A]
    with pytest.raises(MeridianError, match=r"c: no maintenance is announced; .*plan_maintenance c"):
        maintenance.planned({"windows": windows}, ["a", "c"])


@pytest.mark.parametrize(
    ("pid", "address"), [("slave(1)@10.0.0.1:5051", "10.0.0.1"), ("slave(1)@[fd00::7]:5051", "fd00::7")]
)
def test_a_machine_is_a_name_and_an_address(pid: str, address: str) -> None:
    agent = {"pid": pid, "agent_info": {"hostname": "a"}}
    assert maintenance.machine(agent) == {"hostname": "a", "ip": address}


def test_a_node_without_an_agent_is_named(small: Small) -> None:
    (found,) = maintenance.machines(small.client(), [NODE])
    assert found == {"hostname": NODE, "ip": "127.0.0.1"}
    with pytest.raises(MeridianError, match="elsewhere: no agent of that name is registered"):
        maintenance.machines(small.client(), [NODE, "elsewhere"])
