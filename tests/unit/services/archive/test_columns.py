import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meridian.common.errors import MeridianError
from meridian.services.archive import columns
from meridian.services.archive.columns import Columns, Record
from meridian.services.archive.segment import Coverage
from meridian.services.kafka import header_names

COVERAGE = Coverage(0, 100, 0, 1, 0, 0, "topic-id", "writer")

_bytes = st.none() | st.binary(max_size=40)
_names = st.text(max_size=5) | st.binary(max_size=5).map(header_names.from_bytes)
_headers = st.lists(st.tuples(_names, _bytes), max_size=4)
_stamps = st.tuples(st.sampled_from([0, 1, 2]), st.integers(-(2**63), 2**63 - 1))
_rows = st.lists(st.tuples(_stamps, _bytes, _bytes, _headers), min_size=1, max_size=20)


@settings(deadline=None)  # the first example loads Arrow
@given(_rows)
def test_records_come_back_as_they_were(
    rows: list[tuple[tuple[int, int], bytes | None, bytes | None, columns.Headers]],
) -> None:
    written = Columns()
    for offset, (stamp, key, value, headers) in enumerate(rows):
        written.append(offset * 3, stamp[0], stamp[1], key, value, headers or None)
    content = columns.encode(written, "us-east.flights", 5, COVERAGE)
    read = [record for batch in columns.batches(content, "key", 7) for record in columns.records(batch)]
    assert read == [
        Record(
            "us-east.flights",
            5,
            offset * 3,
            stamp[1] if stamp[0] else None,
            columns.TIMESTAMP_TYPES[stamp[0]],
            key,
            value,
            headers,
        )
        for offset, (stamp, key, value, headers) in enumerate(rows)
    ]


def _content() -> bytes:
    written = Columns()
    for offset in range(1000):
        written.append(offset, 1, offset, b"key", b"%d" % offset * 20, None)
    return columns.encode(written, "flights", 0, COVERAGE)


def test_a_file_found_alone_says_what_it_covers() -> None:
    assert columns.footer(_content(), "key") == COVERAGE


def test_the_same_records_make_the_same_file() -> None:
    assert _content() == _content()


@pytest.mark.parametrize("place", [0.3, 0.5, 0.7])
def test_a_flipped_bit_is_found_and_the_object_named(place: float) -> None:
    content = bytearray(_content())
    content[int(len(content) * place)] ^= 0x10
    with pytest.raises(MeridianError, match="flights/0/7"):
        list(columns.batches(bytes(content), "flights/0/7"))


def test_a_truncated_file_is_found_and_the_object_named() -> None:
    with pytest.raises(MeridianError, match="flights/0/7: not a readable Parquet file"):
        columns.footer(_content()[:-10], "flights/0/7")
