from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import node


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A launcher that says what is in a file."""
    file = tmp_path / "node"
    file.write_text(f"#!/bin/sh\ncat {tmp_path}/now\n")
    file.chmod(0o755)
    (tmp_path / "now").write_text("aaa  /etc/one.yml\n/opt/v2  /opt/current\n")
    return file


def test_what_changed_since_the_start_is_named(script: Path, tmp_path: Path) -> None:
    noted = tmp_path / "fingerprint"
    noted.write_text("aaa  /etc/one.yml\n/opt/v1  /opt/current\nbbb  /etc/gone.yml\n")
    assert node.pending(script, noted) == ["/etc/gone.yml", "/opt/current"]


def test_a_node_that_does_not_run_reads_all_when_it_starts(script: Path, tmp_path: Path) -> None:
    assert node.pending(script, tmp_path / "fingerprint") == []


def test_a_missing_launcher_is_told(tmp_path: Path) -> None:
    noted = tmp_path / "fingerprint"
    noted.write_text("aaa  /etc/one.yml\n")
    with pytest.raises(MeridianError, match="apply the elasticsearch state first"):
        node.pending(tmp_path / "node", noted)


def test_a_log_tells_the_refusal_rather_than_what_came_after_it() -> None:
    lines = [
        "INFO starting",
        "ERROR Elasticsearch bootstrap check failure [1] of [1]: max file descriptors",
        "INFO x",
    ]
    assert node.telling(lines, 1) == [lines[1]]
    assert node.telling(["INFO a", "", "INFO b"], 1) == ["INFO b"]
