"""The state says what it would format and mount, does it, and then has nothing to do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from meridian.modules import meridian_disk as module
from meridian.node.volumes import act, read
from meridian.node.volumes.model import GIB, Decision, Device
from meridian.states import meridian_disk as state

VOLUME = {"name": "kafka-data", "size_gb": 200, "type": "ssd", "mount": "/var/lib/meridian/kafka"}


class Machine:
    """Stands for a node with one disk beside its root."""

    def __init__(self) -> None:
        self.disk = Device("/dev/vdb", 200 * GIB, blank=True)

    def devices(self) -> Sequence[Device]:
        return (self.disk,)

    def carry_out(self, decision: Decision) -> None:
        uuid, mount = decision.volume.uuid, decision.volume.mount
        self.disk = replace(self.disk, blank=False, signatures=("ext4",), uuid=uuid, mounts=(mount,))
        act.FSTAB.write_text(f"UUID={uuid} {mount} ext4 noatime 0 0\n")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Machine:
    made = Machine()
    monkeypatch.setattr(act, "FSTAB", tmp_path / "fstab")
    monkeypatch.setattr(act, "carry_out", made.carry_out)
    monkeypatch.setattr(read, "devices", made.devices)
    monkeypatch.setattr(read, "in_the_way", lambda mount: ())
    monkeypatch.setattr(module, "__grains__", {"id": "kafka-1.us-east.aws"}, raising=False)
    monkeypatch.setattr(module, "__pillar__", {"volumes": [VOLUME]}, raising=False)
    functions = {"meridian_disk.plan": module.plan, "meridian_disk.ensure": module.ensure}
    monkeypatch.setattr(state, "__salt__", functions, raising=False)
    return made


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {"test": False}
    monkeypatch.setattr(state, "__opts__", found, raising=False)
    return found


def test_plans_formats_mounts_and_is_done(machine: Machine, options: dict[str, Any]) -> None:
    options["test"] = True
    planned = state.mounted("volumes")
    assert (planned["result"], machine.disk.blank) == (None, True)
    assert planned["changes"]["kafka-data"]["old"] == "/dev/vdb, empty disk"
    options["test"] = False
    done = state.mounted("volumes")
    assert (done["result"], done["changes"]) == (True, planned["changes"])
    assert machine.disk.mounts == (VOLUME["mount"],)
    again = state.mounted("volumes")
    assert (again["result"], again["changes"]) == (True, {})


def test_a_disk_with_data_fails_the_state_and_is_not_touched(
    machine: Machine, options: dict[str, Any]
) -> None:
    machine.disk = replace(machine.disk, blank=False, signatures=("xfs",))
    before = machine.disk
    for test in (True, False):
        options["test"] = test
        failed = state.mounted("volumes")
        assert failed["result"] is False
        assert "never formatted" in failed["comment"]
        assert machine.disk is before
