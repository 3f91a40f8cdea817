from confluent_kafka import KafkaError
from meridian.services.archive.producing import Refused, culprit, stamp


def _refused(offset: int, size: int, code: int) -> Refused:
    return Refused(0, offset, size, 5, code, "why")


def test_no_timestamp_stays_none_and_0_never_becomes_now() -> None:
    assert [stamp(one) for one in (None, -1, 0, -86_400_000, 5)] == [-1, -1, 1, -86_400_000, 5]


def test_the_record_that_was_refused_is_named_and_not_those_of_its_batch() -> None:
    batch = [
        _refused(1, 10, KafkaError._INVALID_DIFFERENT_RECORD),
        _refused(2, 10, KafkaError.INVALID_TIMESTAMP),
        _refused(3, 10, KafkaError._PURGE_QUEUE),
    ]
    assert culprit(batch).offset == 2
    assert str(culprit(batch)) == "partition 0, offset 2 (10 bytes, timestamp 5): why"


def test_of_a_batch_that_was_too_large_the_largest_record_is_named() -> None:
    sizes = [10, 5_000_000, 20]
    batch = [_refused(offset, size, KafkaError.MSG_SIZE_TOO_LARGE) for offset, size in enumerate(sizes)]
    assert culprit(batch).offset == 1
