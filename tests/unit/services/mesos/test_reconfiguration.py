"""Which changed flags an agent takes over with its tasks, and which cost it them."""

import pytest
from meridian.services.mesos.reconfiguration import refusals, variables

BEFORE = {
    "MESOS_HOSTNAME": "kafka-1",
    "MESOS_ATTRIBUTES": "region:us-east;zone:a",
    "MESOS_RESOURCES": "cpus:4;ports:[9092-9092,31000-32000];disk(kafka):20000",
    "MESOS_RECONFIGURATION_POLICY": "additive",
    "MESOS_LAUNCHER": "posix",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"MESOS_LOGGING_LEVEL": "ERROR"}, []),
        ({"MESOS_ATTRIBUTES": "region:us-east;zone:a;rack:r1"}, []),
        ({"MESOS_ATTRIBUTES": "zone:a;region:us-east"}, []),
        ({"MESOS_ATTRIBUTES": "region:us-east;zone:b"}, ["attribute zone 'b' for 'a'"]),
        ({"MESOS_ATTRIBUTES": "region:us-east"}, ["attribute zone missing"]),
        ({"MESOS_RESOURCES": "cpus:6;ports:[9000-9093,31000-32000];disk(kafka):20000"}, []),
        ({"MESOS_RESOURCES": "cpus:4;ports:[9092-9092,31000-31500,31501-32000];disk(kafka):20000"}, []),
        (
            {"MESOS_RESOURCES": "cpus:2;ports:[31000-32000];disk(kafka):20000"},
            ["resource cpus 2 for 4", "resource ports 31000-32000 for 9092-9092,31000-32000"],
        ),
        (
            {"MESOS_RESOURCES": "cpus:4;ports:[9092-9092,31000-32000]"},
            ["resource disk(kafka) missing"],
        ),
        # What it had found out itself may have been more.
        ({"MESOS_RESOURCES": BEFORE["MESOS_RESOURCES"] + ";mem:6000"}, ["resource mem named now"]),
        ({"MESOS_RESOURCES": BEFORE["MESOS_RESOURCES"] + ";cpus(web):1"}, []),
        ({"MESOS_RESOURCES": '[{"name": "cpus"}]'}, ["resources changed"]),
        ({"MESOS_RECONFIGURATION_POLICY": "equal"}, []),
        (
            {
                "MESOS_RECONFIGURATION_POLICY": "equal",
                "MESOS_ATTRIBUTES": BEFORE["MESOS_ATTRIBUTES"] + ";x:1",
            },
            ["attributes changed"],
        ),
        ({"MESOS_LAUNCHER": "linux"}, ["launcher changed"]),
        ({"MESOS_HOSTNAME": "kafka-9"}, ["hostname changed"]),
        ({"MESOS_CONTAINERIZERS": "mesos,docker"}, []),
        ({"MESOS_CONTAINERIZERS": "docker"}, ["containerizers changed"]),
    ],
)
def test_an_agent_takes_over_what_only_adds(changed: dict[str, str], said: list[str]) -> None:
    assert refusals(BEFORE, BEFORE | changed) == said


def test_variables_are_read_as_systemd_reads_them() -> None:
    text = "# Written by Salt.\nMESOS_PORT=5051\nMESOS_ATTRIBUTES=a:b=c\n\n"
    assert variables(text) == {"MESOS_PORT": "5051", "MESOS_ATTRIBUTES": "a:b=c"}
