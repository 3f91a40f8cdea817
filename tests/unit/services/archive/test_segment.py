import pytest
from hypothesis import given
from hypothesis import strategies as st
from meridian.common.errors import MeridianError
from meridian.services.archive import segment
from meridian.services.archive.segment import Coverage, PartitionPath

COVERAGE = Coverage(7, 19, 7, 10, 1_357_000_000_000, 1_357_000_009_000, "topic-id", "writer")


def test_a_segment_is_named_after_its_first_offset() -> None:
    path = PartitionPath("local", "us-east", "flights", 3)
    assert path.key(42) == "local/us-east/flights/3/00000000000000000042.parquet"


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_names_sort_like_offsets(one: int, other: int) -> None:
    path = PartitionPath("local", "us-east", "us-east.flights", 0)
    assert (path.key(one) < path.key(other)) == (one < other)
    assert segment.parse_key(path.key(one)) == (path, one)


@pytest.mark.parametrize(
    "key",
    [
        "local/us-east/conditional-put",
        "local/us-east/flights/x/00000000000000000042.parquet",
        "local/us-east/flights/3/42.parquet",
        "local/us-east/flights/3/00000000000000000042.parquet.bak",
    ],
)
def test_other_objects_are_no_segments(key: str) -> None:
    assert segment.parse_key(key) is None


def test_coverage_survives_its_way_through_metadata() -> None:
    assert Coverage.from_metadata(COVERAGE.to_metadata(), "key") == COVERAGE


def test_metadata_of_another_format_are_refused_with_the_object_named() -> None:
    with pytest.raises(MeridianError, match=r"a/b: not a segment of this archive .*'2'"):
        Coverage.from_metadata(COVERAGE.to_metadata() | {"format": "2"}, "a/b")


def test_damaged_metadata_are_refused_with_the_object_named() -> None:
    with pytest.raises(MeridianError, match="a/b: its metadata are damaged"):
        Coverage.from_metadata(COVERAGE.to_metadata() | {"next": "x"}, "a/b")


@pytest.mark.parametrize(
    ("patterns", "exclude", "topic", "taken"),
    [
        (["flights", "canary"], [], "flights", True),
        (["flights", "canary"], [], "flights.dlq", False),
        (["flights"], [], "my-flights", False),
        ([r".*\.flights"], [], "us-east.flights", True),
        ([r".*\.flights"], [], "flights", False),
        (["a|b"], [], "b", True),
        ([".*"], ["__.*"], "__consumer_offsets", False),
        ([".*"], ["__.*"], "flights__x", True),
        ([".*"], ["flights"], "flights2", True),
        ([], [], "flights", False),
    ],
)
def test_topics_are_whole_names(patterns: list[str], exclude: list[str], topic: str, taken: bool) -> None:
    assert bool(segment.matcher(patterns, exclude).match(topic)) is taken


def test_a_wrong_pattern_is_named() -> None:
    with pytest.raises(MeridianError, match=r"archive:topics.*'fl\('"):
        segment.matcher(["fl("])
