"""A broker as a task of Mesos."""

from dataclasses import replace
from typing import Any

import pytest
from kafka_scheduler.core.model import Instance, PortWant, Task, TaskState, Volume, VolumeWant
from kafka_scheduler.core.resources import parse as resource
from kafka_scheduler.kafka import launch
from kafka_scheduler.kafka.brokers import Brokers
from kafka_scheduler.kafka.launch import LaunchSettings
from kafka_scheduler.kafka.spec import BrokerSpec, parse
from kafka_scheduler.kafka.values import ports

from tests.unit.kafka_scheduler.core.build import NOW, scalar

TASK = Task(
    "kafka-7-x",
    "agent-a",
    "a.example",
    TaskState.LAUNCHING,
    {},
    {"zone": "eu-1"},
    {"internal": 9092, "external": 9094},
    launched=NOW,
)
LAUNCHER = LaunchSettings("kafka", "/etc/meridian/kafka/broker task", user="kafka", stop_seconds=90)


def info(spec: BrokerSpec, settings: LaunchSettings = LAUNCHER, **more: Any) -> dict[str, Any]:
    instance = Instance("7", {}, launch.requirement(spec), task=TASK, **more)
    return launch.task_info(instance, TASK, (resource(scalar("cpus", 1)),), spec, settings)


def variables(found: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in found["command"]["environment"]["variables"]}


def test_what_a_broker_needs() -> None:
    spec = parse(
        {"cpus": "2", "mem": "4096", "heap": "2048", "port": "9092..9099", "volume": "data:1G:mount"}
    )
    need = launch.requirement(replace(spec, port_external=()))
    assert (need.cpus, need.mem) == (2, 4096)
    assert need.ports == (PortWant("internal", ((9092, 9099),)), PortWant("external"))
    assert need.volumes == (VolumeWant("data", 1024, "mount"),)


def test_the_launcher_is_told_all_by_its_environment() -> None:
    spec = parse({"options": "broker.rack=$zone,x=$id:$host:$other", "jvmOptions": "-Dx=1", "heap": "512"})
    found = info(spec)
    assert found["command"]["value"] == "exec /etc/meridian/kafka/broker task"
    assert found["command"]["user"] == "kafka"
    assert "uris" not in found["command"]
    said = variables(found)
    assert said == said | {
        "KAFKA_BROKER_ID": "7",
        "KAFKA_HEAP_MB": "512",
        "KAFKA_JVM_OPTIONS": "-Dx=1",
        "KAFKA_PORT_INTERNAL": "9092",
        "KAFKA_PORT_EXTERNAL": "9094",
        "KAFKA_OPTIONS": "broker.rack=eu-1\nx=7:a.example:$other\n",
        "KAFKA_DATA": "data",
    }


def test_data_are_on_the_volumes() -> None:
    volumes = tuple(Volume(f"v{one}", one, "agent-a", "a", 10) for one in ("d1", "d2"))
    spec = parse({"volume": "d1:10:mount,d2:10:mount"})
    assert variables(info(spec, volumes=volumes))["KAFKA_DATA"] == "d1,d2"


def test_it_has_time_to_stop_and_is_found_by_its_ports() -> None:
    found = info(BrokerSpec())
    assert found["kill_policy"] == {"grace_period": {"nanoseconds": 90_000_000_000}}
    ports = found["discovery"]["ports"]["ports"]
    assert {one["name"]: one["number"] for one in ports} == {"internal": 9092, "external": 9094}
    assert found["resources"] == [scalar("cpus", 1)]
    assert "container" not in found


def test_without_a_launcher_an_archive_is_fetched_and_run() -> None:
    found = info(BrokerSpec(), LaunchSettings(archives=("https://x/kafka.tgz",)))
    assert found["command"]["uris"] == [{"value": "https://x/kafka.tgz", "extract": True, "cache": True}]
    assert "kafka-server-start.sh" in found["command"]["value"]


@pytest.mark.parametrize(
    ("options", "container"),
    [
        (
            {"containerType": "docker", "containerImage": "kafka:4"},
            {"type": "DOCKER", "docker": {"image": "kafka:4", "network": "HOST"}},
        ),
        (
            {"containerType": "mesos", "containerMounts": "/etc/x:/x:ro"},
            {
                "type": "MESOS",
                "volumes": [{"mode": "RO", "host_path": "/etc/x", "container_path": "/x"}],
            },
        ),
    ],
)
def test_containers(options: dict[str, str], container: dict[str, Any]) -> None:
    assert info(parse(options))["container"] == container


@pytest.mark.parametrize("given", [{"port": "9092"}, {"port": "9092", "portExternal": ""}, {"port": ""}, {}])
def test_a_broker_that_names_no_port_gets_those_of_the_scheduler(given: dict[str, str]) -> None:
    own, others = ports("9092,31000..32000"), ports("9094,31000..32000")
    settings = replace(LAUNCHER, port=own, port_external=others)
    need = Brokers(settings).requirement("4", parse(given).to_json())
    internal = ((9092, 9092),) if given.get("port") else ((9092, 9092), (31000, 32000))
    assert need.ports == (
        PortWant("internal", internal),
        PortWant("external", ((9094, 9094), (31000, 32000))),
    )


def test_a_broker_without_a_launcher_needs_no_port_to_other_regions() -> None:
    need = Brokers(LaunchSettings()).requirement("4", parse({"port": "9092"}).to_json())
    assert need.ports == (PortWant("internal", ((9092, 9092),)),)
