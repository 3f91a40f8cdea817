"""What a node tells of its files, units and processes."""

import os
from pathlib import Path

from meridian.node.facts import files, units


def test_mode_owner_and_link(tmp_path: Path) -> None:
    key = tmp_path / "kafka.key"
    key.write_text("x")
    key.chmod(0o640)
    (tmp_path / "current").symlink_to("4.3.1-abc")
    found = files.read([f"{tmp_path}/*"])
    assert found[str(key)]["mode"] == "0640"
    assert found[str(key)]["bytes"] == 1
    assert found[str(tmp_path / "current")]["target"] == "4.3.1-abc"


def test_processes_show_commands_as_anyone_sees_them() -> None:
    mine = next(process for process in files.processes() if process["pid"] == os.getpid())
    assert "pytest" in mine["command"]


def test_units_of_systemctl_show() -> None:
    text = "Id=meridian-kafka.service\nActiveState=active\nUser=kafka\n\nId=meridian-connect.service\nUser=\n"
    assert units.parse(text) == {
        "meridian-kafka": {"ActiveState": "active", "User": "kafka"},
        "meridian-connect": {"User": ""},
    }
    assert units.parse("") == {}
