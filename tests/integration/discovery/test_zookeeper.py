"""A client that knows no TLS, at a real ensemble that speaks nothing else, by the node's proxy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kazoo.client import KazooClient
from meridian.common.tls import Tls

from tests.integration import zookeeper_server
from tests.integration.discovery.node import ProxyNode
from tests.integration.kafka.machines import certificates
from tests.waiting import wait_until

NAMES = ("zookeeper-1", "zookeeper-2", "zookeeper-3")


@pytest.fixture
def ensemble(tmp_path: Path) -> Iterator[zookeeper_server.Ensemble]:
    certificates(tmp_path / "pki", "zookeeper", NAMES)
    artifact = zookeeper_server.unpacked(tmp_path / "artifact")
    identity = Tls.of_service("zookeeper", tmp_path / "pki")
    with zookeeper_server.ensemble(tmp_path / "servers", artifact, 3, identity) as servers:
        yield servers


@pytest.fixture
def node(tmp_path: Path, ensemble: zookeeper_server.Ensemble) -> Iterator[ProxyNode]:
    servers = [
        {"name": name, "address": "127.0.0.1", "port": server.port}
        for name, server in zip(NAMES, ensemble, strict=True)
    ]
    made = ProxyNode(tmp_path / "node", tmp_path / "pki", "zookeeper", {"zookeeper": servers}, follow=False)
    made.start()
    yield made
    made.stop()


def test_a_session_outlives_the_server_that_it_was_with(
    node: ProxyNode, ensemble: zookeeper_server.Ensemble
) -> None:
    # Long enough for two checks of each server: what is counted as well has said so itself.
    wait_until(
        "all serve", lambda: node.log("proxy").count("DOWN") == 0 and len(node.leads_to("zookeeper")) == 3
    )
    client = KazooClient(f"127.0.0.1:{node.ports['zookeeper']}", timeout=10)
    client.start(30)
    try:
        client.create("/held", b"1", ephemeral=True)
        session = client.client_id
        for server in ensemble:
            server.kill()
            wait_until("the proxy sees it", lambda: len(node.leads_to("zookeeper")) < 3)
            ensemble.wait(2)
            wait_until("the client is with another one", lambda: client.connected)
            assert client.retry(client.get, "/held")[0] == b"1"
            server.start()
            ensemble.wait()
            wait_until("the proxy sees it again", lambda: len(node.leads_to("zookeeper")) == 3)
        assert client.client_id == session
    finally:
        client.stop()
        client.close()
