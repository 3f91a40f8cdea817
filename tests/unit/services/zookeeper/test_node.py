"""What a node knows of its server."""

from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.zookeeper import node
from meridian.services.zookeeper.members import parse

PILLAR = {
    "zookeeper": {
        "server_id": 2,
        "servers": [{"id": number, "host": f"masters-{number}.x"} for number in (1, 2, 3)],
        "ports": {"client": 2281, "quorum": 2888, "election": 3888},
        "users": {"admin": "secret"},
    }
}


def test_pillar_is_read() -> None:
    server = node.Server.of(PILLAR)
    assert str(server.own) == "server.2=masters-2.x:2888:3888:participant"
    assert server.address(server.members[3]) == "masters-3.x:2281"
    with pytest.raises(MeridianError, match="this node is no ZooKeeper server"):
        node.Server.of({})


def test_a_server_that_does_not_run_has_nothing_pending(tmp_path: Path) -> None:
    script = tmp_path / "server"
    assert node.pending(script, tmp_path / "fingerprint") == []
    script.write_text(
        "#!/bin/sh\necho '2  /etc/meridian/zookeeper/zoo.cfg'\necho '1  /etc/meridian/pki/ca.pem'\n"
    )
    script.chmod(0o755)
    (tmp_path / "fingerprint").write_text("1  /etc/meridian/zookeeper/zoo.cfg\n1  /etc/meridian/pki/ca.pem\n")
    assert node.pending(script, tmp_path / "fingerprint") == ["LAUNCH /etc/meridian/zookeeper/zoo.cfg"]


def test_the_first_start_is_with_all_when_nobody_serves_and_later_ones_are_the_ensembles_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node.srvr, "ask", lambda *_: node.srvr.Answer())
    server = node.Server.of(PILLAR)
    assert parse(node.prepare(server, tmp_path)).members == server.members
    (tmp_path / "zoo.cfg.dynamic.100000000").touch()
    assert node.prepare(server, tmp_path) == ""


def test_the_log_lines_that_tell_are_found() -> None:
    assert node.telling(["INFO a", "ERROR b", "INFO c", ""], 1) == ["ERROR b"]
    assert node.telling(["INFO a", "INFO c", ""], 1) == ["INFO c"]
