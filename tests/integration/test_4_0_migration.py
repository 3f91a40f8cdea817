"""A region's brokers move from systemd to Mesos, on new nodes, while clients go on.

The nodes that held them become the masters: ZooKeeper, Mesos, Marathon, and still the KRaft quorum.
"""

import logging
import subprocess
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from meridian.common.tls import Tls

from tests.integration.clone import Clone
from tests.integration.kafka.traffic import Traffic

log = logging.getLogger(__name__)

REGION, TOPIC = "us-east", "moving"
OLD, NEW = {1, 2, 3}, {4, 5, 6}
# What an operator writes: the old nodes keep their ids as controllers, the new brokers have others.
WANTED = """overrides:
  us-east:
    kafka: {runtime: mesos, ids: {controllers: 1, brokers: 4}}
    nodes:
      kafka: {roles: [zookeeper, mesos-master, marathon, kafka-controller]}
      agents: {count: 3, roles: [mesos-agent, kafka], size: small}
"""
SMALL = """
zookeeper: {heap_mb: 96}
marathon: {heap_mb: 256}
kafka_scheduler: {instances: 1, cpus: 0.5, volume_mb: 2048, failover_delay_seconds: 2}
"""


@pytest.fixture(scope="module")
def tls(clone: Clone) -> Tls:
    return Tls.of_operator(clone.folder / ".platform" / "secrets" / "local" / "client")


def brokers(admin: AdminClient) -> set[int]:
    return set(admin.list_topics(timeout=30).brokers)


def migrate(clone: Clone) -> None:
    done = subprocess.run(
        [
            str(Path(".platform/venv/bin/salt-run")),
            "state.orchestrate",
            "platform.migrate",
            f'pillar={{"environment": "local", "region": "{REGION}"}}',
        ],
        cwd=clone.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    if done.returncode != 0:
        clone.fail("platform.migrate", done.stdout + done.stderr)
    # By hand, Salt's words are all there is to see.
    assert "Traceback" not in done.stdout + done.stderr


def test_a_region_moves_to_mesos_and_nothing_is_lost(platform: Clone, software: None, tls: Tls) -> None:
    bootstrap = platform.status()["clusters"][REGION]["bootstrap"]
    admin = AdminClient({"bootstrap.servers": bootstrap, **tls.librdkafka()})
    assert brokers(admin) == OLD
    admin.create_topics([NewTopic(TOPIC, 6, 3)])[TOPIC].result(60)
    file = platform.folder / "pillar" / "environments" / "local.sls"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("overrides:\n", WANTED, 1) + SMALL, encoding="utf-8")
    with Traffic(bootstrap, tls, TOPIC) as traffic:
        traffic.flows()
        migrate(platform)
        traffic.flows()
        traffic.end()
    log.info("sent %d, read %d", len(traffic.sent), len(traffic.read))
    assert traffic.failed == []
    now = platform.well_within(60)["clusters"][REGION]
    assert (now["brokers"], now["brokers_up"], now["under_replicated"]) == (3, 3, 0)
    assert brokers(AdminClient({"bootstrap.servers": now["bootstrap"], **tls.librdkafka()})) == NEW
    stored = traffic.stored(now["bootstrap"])
    assert set(stored) == traffic.sent
    assert set(stored.values()) == {1}


def test_a_deployment_after_it_changes_nothing(platform: Clone, software: None) -> None:
    again = platform.meridian("deploy", "--json", timeout=300).json
    assert again == {"ok": True, "changes": 0, "failures": []}
