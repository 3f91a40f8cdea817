"""Why a running worker has to be restarted."""

import stat
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.connect import worker


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Stand-in for the formula's script: says what the file ``now`` holds."""
    path = tmp_path / "worker"
    path.write_text(f'#!/bin/sh\n[ "$1" = fingerprint ] && cat {tmp_path}/now\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_only_what_differs_is_a_reason(script: Path, tmp_path: Path) -> None:
    (tmp_path / "then").write_text("aa  /etc/config\nbb  /etc/cert\n/opt/kafka/1  /opt/kafka/current\n")
    (tmp_path / "now").write_text(
        "aa  /etc/config\ncc  /etc/cert\n/opt/kafka/2  /opt/kafka/current\ndd  /etc/new\n"
    )
    assert worker.pending(script, tmp_path / "then") == ["/etc/cert", "/etc/new", "/opt/kafka/current"]


def test_a_worker_that_does_not_run_has_no_reason(script: Path, tmp_path: Path) -> None:
    assert worker.pending(script, tmp_path / "never") == []


def test_the_scripts_complaint_is_told(tmp_path: Path) -> None:
    (tmp_path / "then").write_text("")
    script = tmp_path / "worker"
    script.write_text("#!/bin/sh\necho 'sha256sum: /etc/x: No such file' >&2; exit 1\n")
    script.chmod(0o755)
    with pytest.raises(MeridianError, match="/etc/x: No such file"):
        worker.pending(script, tmp_path / "then")
