"""Who depends on others goes before them."""

from meridian.cloud.lifecycle.order import removal

from tests.unit.cloud.lifecycle.machines import entry


def test_clients_go_before_brokers_and_these_before_the_store() -> None:
    roles = {
        "k1": "kafka",
        "kc": "kafka+connect",
        "c1": "connect",
        "a1": "archive",
        "store": "archive+objectstore",
        "new": "something-new",
        "bare": "",
    }
    machines = {name: entry(name, role=role) for name, role in roles.items()}
    assert removal(machines) == [["bare", "c1", "new"], ["a1"], ["k1", "kc"], ["store"]]


def test_order_holds_over_all_providers() -> None:
    machines = {
        "broker.aws": entry("i-1", provider="ec2"),
        "worker.gce": entry("7", role="connect", provider="gce"),
    }
    assert removal(machines) == [["worker.gce"], ["broker.aws"]]
