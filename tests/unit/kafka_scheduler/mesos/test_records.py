"""Framing of event streams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_scheduler.mesos.records import Decoder
from meridian.common.errors import MeridianError


@given(st.lists(st.binary(max_size=40), max_size=10), st.integers(min_value=1, max_value=7))
def test_records_come_out_as_they_went_in_however_they_are_cut(records: list[bytes], size: int) -> None:
    stream = b"".join(b"%d\n%b" % (len(one), one) for one in records)
    decoder = Decoder()
    found = [
        record
        for start in range(0, len(stream), size)
        for record in decoder.feed(stream[start : start + size])
    ]
    assert found == records


@pytest.mark.parametrize("stream", [b"<html>\n", b"-1\nx", b"9999999999999\n", b"1" * 40])
def test_what_is_no_record_is_refused(stream: bytes) -> None:
    with pytest.raises(MeridianError, match="Mesos master"):
        Decoder().feed(stream)
