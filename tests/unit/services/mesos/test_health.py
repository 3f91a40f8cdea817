"""What a node must have to work as an agent."""

from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos import health


def test_a_node_without_curl_could_check_no_task_by_http(tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match=r"^curl is not on this node: .*install the package curl"):
        health.must_check_tasks(str(tmp_path))
    curl = tmp_path / "curl"
    curl.write_text("#!/bin/sh\n", encoding="utf-8")
    curl.chmod(0o755)
    health.must_check_tasks(str(tmp_path))
