"""What a server says of itself."""

import socket
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.zookeeper import srvr

ANSWER = """\
Zookeeper version: 3.9.5-0, built on 2025
Latency min/avg/max: 0/0.5/9
Received: 8
Sent: 7
Connections: 3
Outstanding: 0
Zxid: 0x10000001f
Mode: follower
Node count: 5
"""


def test_an_answer_is_read() -> None:
    answer = srvr.parse(ANSWER)
    assert (answer.mode, answer.zxid, answer.connections) == ("follower", 0x10000001F, 3)
    assert answer.serves
    assert not answer.leads
    assert srvr.parse(ANSWER.replace("follower", "standalone")).leads


def test_one_that_serves_nobody_says_so() -> None:
    assert srvr.parse("This ZooKeeper instance is not currently serving requests\n") == srvr.Answer()


def test_nobody_there_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(MeridianError, match=f"ZooKeeper at 127.0.0.1:{port}: "):
        srvr.ask("127.0.0.1", port, Tls.of_service("zookeeper", tmp_path))
