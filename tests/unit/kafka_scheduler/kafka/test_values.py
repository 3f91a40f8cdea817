"""Values of options: what is read, what is refused, and that what is written is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_scheduler.kafka import values
from kafka_scheduler.kafka.values import Mount, PortRange, Volume
from meridian.common.errors import MeridianError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("30s", 30), ("10m", 600), ("1.5h", 5400), ("30d", 2592000), ("0s", 0)],
)
def test_times(text: str, seconds: float) -> None:
    assert values.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "-1s", "1w", "1 m"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(MeridianError, match="is no time"):
        values.duration(text)


@given(st.integers(0, 10**10))
def test_a_time_that_is_written_is_read_again(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert values.duration(values.format_duration(seconds)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("auto", ()),
        ("9092", (PortRange(9092, 9092),)),
        ("9092..9095", (PortRange(9092, 9095),)),
        ("9092,31000..31010", (PortRange(9092, 9092), PortRange(31000, 31010))),
    ],
)
def test_ports(text: str, ports: tuple[PortRange, ...]) -> None:
    assert values.ports(text) == ports
    assert values.format_ports(ports) == text


@pytest.mark.parametrize("text", ["", "0", "65536", "9095..9092", "http", "1..2..3"])
def test_what_are_no_ports(text: str) -> None:
    with pytest.raises(MeridianError, match="is no port"):
        values.ports(text)


@pytest.mark.parametrize(
    ("text", "volumes"),
    [
        ("data", [Volume("data")]),
        ("data:5000", [Volume("data", 5000)]),
        ("a:100G:mount,b:1TB:mount", [Volume("a", 102400, "mount"), Volume("b", 1048576, "mount")]),
    ],
)
def test_volumes(text: str, volumes: list[Volume]) -> None:
    assert list(values.volumes(text)) == volumes
    assert list(values.volumes(",".join(map(str, volumes)))) == volumes


@pytest.mark.parametrize("text", ["", ":5", "data:lots", "data:5:tape", "../x:5"])
def test_what_is_no_volume(text: str) -> None:
    with pytest.raises(MeridianError, match="is no volume"):
        values.volumes(text)


def test_two_volumes_of_one_name_are_refused() -> None:
    with pytest.raises(MeridianError, match="one name"):
        values.volumes("data:5,data:6")


def test_mounts() -> None:
    assert values.mounts("/a:/b,/c:/d:ro") == (Mount("/a", "/b"), Mount("/c", "/d", True))
    with pytest.raises(MeridianError, match="is no mount"):
        values.mounts("/a:b")


def test_settings_are_read_with_commas_in_values() -> None:
    assert values.pairs(r"log4j.logger.kafka=DEBUG\, kafkaAppender,x=1") == {
        "log4j.logger.kafka": "DEBUG, kafkaAppender",
        "x": "1",
    }


@pytest.mark.parametrize("text", ["a", "=1", "a=1,a=2", "a=1\nb=2"])
def test_what_are_no_settings(text: str) -> None:
    with pytest.raises(MeridianError):
        values.pairs(text)


_printable = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="=\\"), min_size=1)


@given(st.dictionaries(_printable, _printable))
def test_settings_that_are_written_are_read_again(settings: dict[str, str]) -> None:
    assert values.pairs(values.format_pairs(settings)) == settings


@pytest.mark.parametrize(
    "rule",
    ["like:r[12]", "unlike:r3", "unique", "cluster", "cluster:r1", "groupBy", "groupBy:3"],
)
def test_constraints(rule: str) -> None:
    assert values.constraints(f"rack={rule}") == {"rack": rule}


@pytest.mark.parametrize("rule", ["like", "like:", "like:[", "unique:1", "groupBy:x", "groupBy:0", "near"])
def test_what_are_no_constraints(rule: str) -> None:
    with pytest.raises(MeridianError, match=r"constraint rack="):
        values.constraints(f"rack={rule}")
