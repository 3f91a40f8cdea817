"""One static bootstrap.servers while real brokers move: the proxy, the discovery, and clients of theirs."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian.services.kafka import client, cluster, topics

from tests.doubles.broker_list import BrokerList
from tests.integration.discovery.node import ProxyNode
from tests.integration.kafka.conftest import Lab
from tests.integration.kafka.machines import Machine, free_ports, machines
from tests.integration.kafka.traffic import Traffic
from tests.waiting import wait_until


@pytest.fixture
def lab(kafka_artifact: Path, tmp_path: Path) -> Iterator[Lab]:
    """Three brokers that will move."""
    made, tls = machines(tmp_path / "brokers", kafka_artifact)
    try:
        for machine in made:
            machine.start()
        here = Lab(made, tls, kafka_artifact / "classpath.args")
        here.healthy()
        yield here
    finally:
        for machine in made:
            machine.stop(signal.SIGKILL)


def ports(machine: Machine) -> dict[str, int]:
    places = machine.settings["listeners"]
    return {name.lower(): int(places[name].rpartition(":")[2]) for name in ("INTERNAL", "EXTERNAL")}


def move(machine: Machine) -> None:
    """What the scheduler does when a host is lost, as far as clients can tell: the broker is elsewhere."""
    machine.stop()
    for name, port in zip(("INTERNAL", "EXTERNAL"), free_ports(2), strict=True):
        machine.settings["listeners"][name] = f"127.0.0.1:{port}"
        machine.settings["advertised"][name] = f"localhost:{port}"
    machine.apply()
    machine.start()


def test_clients_with_one_address_go_on_while_every_broker_moves(lab: Lab, tmp_path: Path) -> None:
    identity = tmp_path / "brokers" / "pki"
    with BrokerList(identity / "kafka.pem", identity / "kafka.key") as scheduler:
        scheduler.brokers = {number: ports(machine) for number, machine in lab.machines.items()}
        places = [{"name": "localhost", "address": "127.0.0.1", "port": scheduler.port}]
        node = ProxyNode(tmp_path / "node", identity, "kafka", {"scheduler": places}, follow=True)
        node.start()
        node.start_discovery()
        try:
            wait_until("all brokers are found", lambda: len(node.leads_to("kafka")) == 3)
            address = f"localhost:{node.ports['bootstrap']}"
            admin = client.admin(address, lab.tls)
            topics.apply(admin, topics.plan_now(admin, topics.wanted("moving", 6)), lambda *_: None)
            with Traffic(address, lab.tls, "moving") as traffic:
                traffic.flows()
                for number, machine in lab.machines.items():
                    # While one moves, the scheduler has no task of it to tell; then another place.
                    scheduler.brokers[number] = None
                    move(machine)
                    scheduler.brokers[number] = ports(machine)
                    now = {ports(one)["internal"] for one in lab.machines.values()}
                    wait_until("where they are now", lambda now=now: node.leads_to("kafka") == now, 90)  # type: ignore[misc]
                    cluster.wait_healthy(client.admin(address, lab.tls), list(lab.machines), 120)
                    traffic.flows()
                scheduler.leads = False
                late = client.admin(address, lab.tls)
                assert set(cluster.describe(late).brokers) == set(lab.machines), "the scheduler is down"
                traffic.flows()
                traffic.end()
            assert traffic.failed == []
            assert traffic.stored(address) == dict.fromkeys(traffic.sent, 1)
        finally:
            node.stop_discovery()
            node.stop()
