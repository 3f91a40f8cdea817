"""The proxy formula's files and the daemon, with a real HAProxy in front of small servers."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.broker_list import BrokerList
from tests.integration.discovery.node import ProxyNode
from tests.integration.discovery.servers import Greeter
from tests.integration.kafka.machines import certificates
from tests.waiting import wait_until

NAMES = ("server-1", "server-2", "server-3")


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    certificates(tmp_path / "pki", "mesos", NAMES)
    return tmp_path / "pki"


@pytest.fixture
def servers(identity: Path) -> Iterator[list[Greeter]]:
    made = [Greeter(name, identity, "mesos") for name in NAMES]
    yield made
    for server in made:
        server.stop()


@pytest.fixture
def schedulers(identity: Path) -> Iterator[list[BrokerList]]:
    """Three agents with a scheduler; the first one leads."""
    with (
        BrokerList(identity / "mesos.pem", identity / "mesos.key") as first,
        BrokerList(identity / "mesos.pem", identity / "mesos.key") as second,
        BrokerList(identity / "mesos.pem", identity / "mesos.key") as third,
    ):
        second.leads = third.leads = False
        yield [first, second, third]


@pytest.fixture
def node(
    tmp_path: Path, identity: Path, servers: list[Greeter], schedulers: list[BrokerList]
) -> Iterator[ProxyNode]:
    def places(ports: list[int]) -> list[dict[str, object]]:
        return [
            {"name": name, "address": "127.0.0.1", "port": port}
            for name, port in zip(NAMES, ports, strict=True)
        ]

    made = ProxyNode(
        tmp_path / "node",
        identity,
        "mesos",
        {
            "zookeeper": places([one.port for one in servers]),
            "scheduler": places([one.port for one in schedulers]),
        },
        follow=True,
    )
    made.start()
    yield made
    made.stop_discovery()
    made.stop()


def bootstrapped(node: ProxyNode, identity: Path, port: str = "bootstrap") -> str:
    """Return who answers a client that speaks TLS through an address; empty when nobody does."""
    context = ssl.create_default_context(cafile=str(identity / "ca.pem"))
    context.load_cert_chain(identity / "mesos.pem", identity / "mesos.key")
    try:
        with context.wrap_socket(node.connect(port), server_hostname="localhost") as channel:
            channel.sendall(b"who?\n")
            return channel.recv(100).decode().strip()
    except OSError:
        return ""


def at(servers: list[Greeter], *numbers: int) -> dict[int, dict[str, int] | None]:
    return {
        number: {"internal": servers[number].port, "external": servers[number].port} for number in numbers
    }


def test_clients_find_brokers_wherever_they_move_and_whoever_leads(
    node: ProxyNode, identity: Path, servers: list[Greeter], schedulers: list[BrokerList]
) -> None:
    schedulers[0].brokers = at(servers, 0, 1)
    node.start_discovery()
    wait_until("both are found", lambda: node.leads_to("kafka") == {servers[0].port, servers[1].port})
    wait_until("and for clients of other regions", lambda: len(node.leads_to("external")) == 2)
    assert bootstrapped(node, identity) in NAMES[:2]
    assert bootstrapped(node, identity, "external") in NAMES[:2]

    schedulers[1].brokers = at(servers, 2)
    schedulers[0].leads, schedulers[1].leads = False, True
    wait_until(
        "another scheduler leads, and says another place", lambda: node.leads_to("kafka") == {servers[2].port}
    )
    assert {bootstrapped(node, identity) for _ in range(3)} == {NAMES[2]}
    assert "is gone" in node.log()


def test_clients_go_on_while_nobody_leads_and_after_the_proxy_was_started_anew(
    node: ProxyNode, identity: Path, servers: list[Greeter], schedulers: list[BrokerList]
) -> None:
    schedulers[0].brokers = at(servers, 0, 1)
    node.start_discovery()
    wait_until("both are found", lambda: len(node.leads_to("kafka")) == 2)
    schedulers[0].leads = False
    wait_until(
        "the daemon says who does not answer", lambda: "127.0.0.1" in node.log() and "WARNING" in node.log()
    )
    assert bootstrapped(node, identity) in NAMES[:2]
    servers[0].stop()
    wait_until("the proxy itself sees who is gone", lambda: node.leads_to("kafka") == {servers[1].port})
    servers[0].start()

    node.stop_discovery()
    record = node.folder / "var/lib/meridian/discovery/record"
    wait_until("the proxy's record is kept", record.exists)
    node.reload()
    wait_until("a reload begins with what was known", lambda: len(node.leads_to("kafka")) == 2)
    node.stop()
    node.start()
    wait_until("a start begins with what was known", lambda: len(node.leads_to("kafka")) == 2)
    assert bootstrapped(node, identity) in NAMES[:2]


def test_a_list_that_is_empty_empties_nothing_and_broker_after_broker_may_go(
    node: ProxyNode, identity: Path, servers: list[Greeter], schedulers: list[BrokerList]
) -> None:
    schedulers[0].brokers = at(servers, 0, 1, 2)
    node.start_discovery()
    wait_until("all are found", lambda: len(node.leads_to("kafka")) == 3)
    schedulers[0].brokers = {**at(servers, 1), 0: None}
    wait_until("two were stopped", lambda: node.leads_to("kafka") == {servers[1].port})
    schedulers[0].brokers = {}
    node.stop()
    node.start()
    wait_until("the last one is kept", lambda: node.leads_to("kafka") == {servers[1].port})


def test_a_wrong_password_is_told_and_no_other_problem_made(
    node: ProxyNode, servers: list[Greeter], schedulers: list[BrokerList]
) -> None:
    (node.folder / "etc/meridian/proxy/scheduler.password").write_text("wrong")
    schedulers[0].brokers = at(servers, 0)
    node.start_discovery()
    wait_until("the daemon says so", lambda: "answers 401" in node.log())
    assert node.log().count("401") == 1
    (node.folder / "etc/meridian/proxy/scheduler.password").write_text("a-secret")
    wait_until("the password is read anew", lambda: node.leads_to("kafka") == {servers[0].port})


def test_a_client_without_tls_reaches_a_zookeeper_server_that_serves(
    node: ProxyNode, servers: list[Greeter]
) -> None:
    def asked() -> str:
        with node.connect("zookeeper") as channel:
            channel.sendall(b"who?\n")
            return channel.recv(100).decode().strip()

    wait_until("all three serve", lambda: len(node.leads_to("zookeeper")) == 3)
    assert asked() in NAMES
    with node.connect("zookeeper") as channel:
        channel.sendall(b"who?\n")
        mine = NAMES.index(channel.recv(100).decode().strip())
        servers[mine].mode = ""
        wait_until("one lost its quorum", lambda: len(node.leads_to("zookeeper")) == 2)
        assert channel.recv(100) == b"", "who is connected to it is sent away"
    assert {asked() for _ in range(6)} == set(NAMES) - {NAMES[mine]}
