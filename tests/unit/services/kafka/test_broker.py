"""What a node says of its broker."""

import json
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.kafka import broker


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A node whose broker runs with what its files say."""
    config = f"node.id=1\nlog.dirs={tmp_path / 'data'}\nnum.io.threads=8\n"
    quorum = tmp_path / "data" / "__cluster_metadata-0"
    quorum.mkdir(parents=True)
    (quorum / "quorum-state").write_text(json.dumps({"leaderId": 3, "leaderEpoch": 12}))
    (tmp_path / "run").mkdir()
    for path in (tmp_path / "server.properties", tmp_path / "run" / "server.properties"):
        path.write_text(config)
    script = tmp_path / "broker"
    script.write_text("#!/bin/sh\necho 'abc  /etc/meridian/pki/ca.pem'\n")
    script.chmod(0o755)
    (tmp_path / "run" / "fingerprint").write_text("abc  /etc/meridian/pki/ca.pem\n")
    return tmp_path


def pending(node: Path) -> dict[str, object]:
    return broker.pending(node / "broker", node / "server.properties", node / "run")


def test_a_broker_that_runs_what_its_files_say_has_nothing_pending(node: Path) -> None:
    found = pending(node)
    assert (found["restart"], found["dynamic"]) == ([], {})
    assert (found["leader"], found["epoch"]) == (3, 12)


def test_changed_settings_and_certificates_are_told(node: Path) -> None:
    with (node / "server.properties").open("a") as file:
        file.write("num.io.threads=4\nbroker.rack=b\n")
    (node / "run" / "fingerprint").write_text("older  /etc/meridian/pki/ca.pem\n")
    found = pending(node)
    assert found["restart"] == ["CONFIG broker.rack", "CERTIFICATE /etc/meridian/pki/ca.pem"]
    assert found["dynamic"] == {"num.io.threads": "4"}


def test_a_broker_that_does_not_run_will_read_all_when_it_starts(node: Path) -> None:
    (node / "server.properties").write_text(f"log.dirs={node / 'none'}\nnode.id=2\n")
    (node / "run" / "server.properties").unlink()
    found = pending(node)
    assert (found["restart"], found["leader"]) == ([], -1)


def test_a_node_without_the_formula_says_so(tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match=r"server\.properties is missing; apply the kafka state first"):
        pending(tmp_path)


def test_the_log_line_that_tells_is_found() -> None:
    lines = ["INFO a", "ERROR Exiting due to x", "INFO bye", ""]
    assert broker.telling(lines, 1) == ["ERROR Exiting due to x"]
    assert broker.telling(["INFO a", "INFO b", ""], 1) == ["INFO b"]
