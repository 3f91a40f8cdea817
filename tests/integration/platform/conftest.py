"""Environments on Mesos: ``local`` after its region has moved there, ``local-mesos`` that begins there."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, NewTopic
from meridian.common.tls import Tls

from tests.integration.clone import Clone, Outcome
from tests.integration.kafka.traffic import Traffic

REGION, TOPIC = "us-east", "moving"
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
mesos: {master: {ping_seconds: 5}}
marathon: {heap_mb: 256}
kafka_scheduler: {instances: 1, cpus: 0.5, volume_mb: 2048, failover_delay_seconds: 2, data_lost_seconds: 15}
"""


@dataclass(frozen=True)
class Migrated:
    """What was seen when the brokers of a region moved to new nodes on Mesos.

    :ivar before: ids of the brokers that there were.
    :ivar after: ids of the brokers that there are.
    :ivar traffic: what was sent and read meanwhile.
    :ivar stored: each message's id, and how often it is there.
    """

    before: set[int]
    after: set[int]
    traffic: Traffic
    stored: dict[int, int]


@dataclass(frozen=True)
class OnMesos:
    """An environment whose region us-east has its brokers on Mesos.

    :ivar masters: ids of the nodes with ZooKeeper, Mesos' masters and Marathon.
    :ivar hosts: ids of the nodes with agents, where brokers run.
    """

    clone: Clone
    environment: str
    masters: list[str]
    hosts: list[str]


@pytest.fixture(scope="session")
def migrated(clone: Clone, deployed: Outcome, software: None) -> Migrated:
    """Move the brokers of us-east in ``local`` while clients go on."""
    assert deployed.code == 0
    tls = Tls.of_operator(clone.folder / ".platform" / "secrets" / "local" / "client")
    bootstrap = clone.status()["clusters"][REGION]["bootstrap"]
    admin = AdminClient({"bootstrap.servers": bootstrap, **tls.librdkafka()})
    before = _brokers(admin)
    admin.create_topics([NewTopic(TOPIC, 6, 3)])[TOPIC].result(60)
    file = clone.folder / "pillar" / "environments" / "local.sls"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("overrides:\n", WANTED, 1) + SMALL, encoding="utf-8")
    with Traffic(bootstrap, tls, TOPIC) as traffic:
        traffic.flows()
        _migrate(clone)
        traffic.flows()
        traffic.end()
    now = clone.well_within(120)["clusters"][REGION]["bootstrap"]
    after = _brokers(AdminClient({"bootstrap.servers": now, **tls.librdkafka()}))
    return Migrated(before, after, traffic, traffic.stored(now))


def _brokers(admin: AdminClient) -> set[int]:
    return set(admin.list_topics(timeout=30).brokers)


def _migrate(clone: Clone) -> None:
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


@pytest.fixture(scope="module")
def on_mesos(request: pytest.FixtureRequest, clone: Clone, software: None) -> OnMesos:
    """An environment on Mesos with its platform up, by its name."""
    environment = str(request.param)
    if environment == "local":
        request.getfixturevalue("migrated")
        masters, hosts = "kafka", "agents"
    else:
        assert clone.meridian("deploy", environment, timeout=1500).code == 0
        masters, hosts = "masters", "kafka"
    return OnMesos(
        clone,
        environment,
        *([f"{kind}-{number}.{REGION}.{environment}" for number in (1, 2, 3)] for kind in (masters, hosts)),
    )
