"""Settings that are equal to Kafka are equal to us, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meridian.services.kafka import values
from meridian.services.kafka.values import HIDDEN, same


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("min.cleanable.dirty.ratio", "1", "1.0"),
        ("min.cleanable.dirty.ratio", "0.50", "0.5"),
        ("min.cleanable.dirty.ratio", ".5", "0.5"),
        ("min.cleanable.dirty.ratio", "5e-1", "0.5"),
        ("log.cleaner.io.max.bytes.per.second", "102400000", "1.024E8"),
        ("log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308", "17976931348623157e292"),
        ("retention.ms", "0604800000", "604800000"),
        ("retention.ms", "+1", "1"),
        ("retention.ms", " -1 ", "-1"),
        ("cleanup.policy", "compact,delete", "delete, compact"),
        ("cleanup.policy", "compact , delete", "compact,delete"),
        ("preallocate", "True", "true"),
        ("unclean.leader.election.enable", "FALSE", "false"),
        ("super.users", "User:CN=a,O=x;User:CN=b", "User:CN=b; User:CN=a,O=x"),
        ("listener.name.internal.ssl.keystore.password", "secret", HIDDEN),
        ("compression.type", "zstd ", "zstd"),
    ],
)
def test_another_way_to_write_a_value_is_the_same_value(key: str, one: str, other: str) -> None:
    assert same(key, one, other)
    assert same(key, other, one)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("retention.ms", "1", "10"),
        ("retention.ms", "1", "-1"),
        ("retention.ms", "1", None),
        ("retention.ms", "", None),
        ("retention.ms", "9007199254740993", "9007199254740992"),
        ("min.cleanable.dirty.ratio", "0.5", "0.05"),
        ("cleanup.policy", "compact", "compact,delete"),
        ("preallocate", "true", "false"),
        ("broker.rack", "01", "1"),
        ("broker.rack", "true", "True"),
        ("inter.broker.protocol.version", "3.1", "3.10"),
        ("ssl.keystore.password", "1", "1.0"),
        ("ssl.keystore.password", " a", "a"),
        ("ssl.cipher.suites", "A,B", "B,A"),
        ("ssl.principal.mapping.rules", "RULE:a/x/,DEFAULT", "DEFAULT,RULE:a/x/"),
        ("compression.type", "GZIP", "gzip"),
    ],
)
def test_another_value_is_another(key: str, one: str, other: str | None) -> None:
    assert not same(key, one, other)
    assert not same(key, other, one)


@pytest.mark.parametrize(
    ("kind", "one", "other", "equal"),
    [
        ("STRING", "1", "1.0", False),
        ("STRING", "a,b", "b,a", False),
        ("DOUBLE", "1", "1.0", True),
        ("LONG", "010", "10", True),
        ("BOOLEAN", "TRUE", "true", True),
        ("LIST", "a, b", "b,a", True),
        ("LIST", "1,2", "1.0,2", False),
        ("PASSWORD", "x ", "x", False),
        ("CLASS", " a.B", "a.B", True),
    ],
)
def test_a_known_type_decides(kind: str, one: str, other: str, equal: bool) -> None:
    assert same("whatever", one, other, kind) is equal


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_itself_in_each_way_to_write_it(number: float) -> None:
    assert same("a.ratio", repr(number), f"{number:.17E}")


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, unique=True), st.randoms())
def test_a_list_is_itself_in_any_order(parts: list[str], chance: object) -> None:
    shuffled = sorted(parts, key=lambda one: hash((one, id(chance))))
    assert same("some.list", ",".join(parts), " , ".join(shuffled))


def test_what_changed_is_what_means_something_else() -> None:
    before = {"a.ms": "1", "b.ms": "2", "c.ms": "3"}
    assert values.changed(before, {"a.ms": "1.0", "b.ms": "3", "d.ms": "4"}) == ("b.ms", "c.ms", "d.ms")
