"""Resources: parsed, taken apart, and written as Mesos takes them."""

import pytest
from kafka_scheduler.core import resources
from kafka_scheduler.core.resources import parse

from tests.unit.kafka_scheduler.core.build import ports, reserved, scalar, volume


def test_what_is_parsed_is_written_the_same() -> None:
    for data in (scalar("cpus", 1.5), ports(1, 9), volume("v", 10, "0"), scalar("mem", 5, **reserved("1"))):
        assert parse(data).to_json() == data


def test_a_static_role_in_the_former_format_is_known() -> None:
    found = parse({"name": "cpus", "type": "SCALAR", "scalar": {"value": 1}, "role": "brokers"})
    assert (found.role, found.labels) == ("brokers", {})


def test_labels_and_the_volume_are_read() -> None:
    found = parse(volume("kafka-3-data-x", 10, "3"))
    assert found.persistence_id == "kafka-3-data-x"
    assert found.labels == {"meridian_framework": "kafka", "meridian_instance": "3"}
    assert found.disk == "root"


def test_a_scalar_is_taken_from_several_resources() -> None:
    pool = [parse(scalar("cpus", 1, **reserved("0"))), parse(scalar("cpus", 3))]
    found = resources.take_scalar(pool, "cpus", 2.5)
    assert found is not None
    assert [one.scalar for one in found[0]] == [1, 1.5]
    assert [one.scalar for one in found[1]] == [1.5]


def test_thousandths_do_not_add_up_to_an_error() -> None:
    found = resources.take_scalar([parse(scalar("cpus", 0.1)) for _ in range(3)], "cpus", 0.3)
    assert found is not None
    assert found[1] == []


def test_not_enough_is_none() -> None:
    assert resources.take_scalar([parse(scalar("mem", 100))], "mem", 100.1) is None


@pytest.mark.parametrize(
    ("port", "left"),
    [
        (5, ((6, 9),)),
        (9, ((5, 8),)),
        (7, ((5, 6), (8, 9))),
    ],
)
def test_one_port_is_taken_out_of_a_range(port: int, left: tuple[tuple[int, int], ...]) -> None:
    found = resources.take_port([parse(ports(5, 9))], port)
    assert found is not None
    assert found[0][0].ranges == ((port, port),)
    assert found[1][0].ranges == left


def test_the_first_port_wanted_is_found() -> None:
    pool = [parse(ports(31000, 31005)), parse(ports(9092, 9092))]
    assert resources.first_port(pool, ()) == 9092
    assert resources.first_port(pool, ((31003, 40000),)) == 31003
    assert resources.first_port(pool, ((1, 80),)) is None
