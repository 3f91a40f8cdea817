import json
import subprocess
import sys
from pathlib import Path

from meridian.common import processes

SLEEP = [sys.executable, "-c", "import sys; sys.stdin.read() or __import__('signal').pause()"]


def test_a_started_process_is_remembered_and_ended(tmp_path: Path) -> None:
    record = tmp_path / "run" / "p.json"
    pid = processes.start(SLEEP, record, tmp_path / "log" / "p")
    assert processes.running(record) == pid
    assert processes.stop(record)
    assert processes.running(record) is None
    assert not record.exists()


def test_a_process_of_another_with_the_same_id_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    record = tmp_path / "p.json"
    record.write_text(json.dumps({"pid": other.pid, "started": "1"}), encoding="utf-8")
    try:
        assert not processes.stop(record)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
