"""The script that runs an archive which Mesos fetched, with an archive that only says what it was told."""

import subprocess
from pathlib import Path

import kafka_scheduler.kafka
import pytest

SCRIPT = Path(kafka_scheduler.kafka.__file__).with_name("run-archive.sh")
TOLD = {
    "PATH": "/usr/bin:/bin",
    "KAFKA_BROKER_ID": "7",
    "KAFKA_HEAP_MB": "256",
    "KAFKA_JVM_OPTIONS": "-Dx=1",
    "KAFKA_PORT_INTERNAL": "9092",
    "KAFKA_PORT_EXTERNAL": "",
    "KAFKA_BIND_ADDRESS": "",
    "KAFKA_ADVERTISED_HOST": "a.example",
    "KAFKA_LOG4J_OPTIONS": "",
    "KAFKA_DATA": "d1,d2",
}


def run(folder: Path, options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SCRIPT)],
        cwd=folder,
        env=TOLD | {"KAFKA_OPTIONS": options},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for name, text in (
        ("kafka-server-start.sh", 'echo "$KAFKA_HEAP_OPTS $KAFKA_OPTS"; cat "$1"'),
        ("kafka-storage.sh", 'echo "storage $*"'),
    ):
        file = tmp_path / "kafka_2.13-4.3.1" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        file.chmod(0o755)
    return tmp_path


def test_a_broker_of_a_zookeeper_cluster(archive: Path) -> None:
    done = run(archive, "zookeeper.connect=z:2181\n")
    lines = done.stdout.splitlines()
    assert lines[0] == "-Xmx256m -Dx=1"
    assert {"zookeeper.connect=z:2181", "broker.id=7", "listeners=INTERNAL://:9092"} <= set(lines)
    assert "advertised.listeners=INTERNAL://a.example:9092" in lines
    assert f"log.dirs={archive}/d1/log,{archive}/d2/log" in lines


def test_a_broker_of_a_kraft_cluster_formats_its_folders(archive: Path) -> None:
    done = run(archive, "controller.quorum.voters=1@c:9093\ncluster.id=abc\n")
    lines = done.stdout.splitlines()
    assert lines[0] == "storage format --ignore-formatted --cluster-id abc --config server.properties"
    assert {"process.roles=broker", "node.id=7"} <= set(lines)
    assert not [one for one in lines if one.startswith(("broker.id", "cluster.id"))]


def test_without_an_archive_it_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "")
    assert done.returncode == 1
    assert "start the scheduler with --archive or --launcher" in done.stderr
