from archiver.partition import Partition, Phase
from meridian.services.archive import columns
from meridian.services.archive.settings import SegmentLimits

from tests.doubles.memory_store import PATH

LIMITS = SegmentLimits(max_records=5, max_bytes=1000, max_age_seconds=10)


def _running(stored: int = 0, available_from: int = 0) -> Partition:
    partition = Partition(PATH, "writer")
    partition.start(stored, None, available_from, "topic-id")
    return partition


def _append(partition: Partition, *offsets: int, value: bytes = b"value", now: float = 0.0) -> None:
    for offset in offsets:
        partition.append(offset, (1, offset), b"key", value, None, now)


def test_segments_join_without_a_hole_although_offsets_have_holes() -> None:
    partition = _running()
    _append(partition, 0, 1, 3)
    partition.reached(5)
    partition.seal()
    _append(partition, 7)
    partition.seal()
    assert [(one.coverage.first, one.coverage.next) for one in partition.waiting] == [(0, 5), (5, 8)]


def test_a_segment_closes_by_count_size_or_age() -> None:
    partition = _running()
    assert not partition.is_full(LIMITS, 1000.0)
    _append(partition, 0, 1, 2, 3, now=1.0)
    assert not partition.is_full(LIMITS, 10.9)
    assert partition.is_full(LIMITS, 11.0)
    _append(partition, 4)
    assert partition.is_full(LIMITS, 1.0)
    large = _running()
    _append(large, 0, value=b"x" * 1000)
    assert large.is_full(LIMITS, 0.0)


def test_a_record_that_was_seen_is_passed_over() -> None:
    partition = _running(stored=10)
    _append(partition, 9, 10, 10, 11)
    assert partition.columns.offsets == [10, 11]


def test_nothing_is_taken_before_the_place_in_the_chain_is_known() -> None:
    partition = Partition(PATH, "writer")
    _append(partition, 5)
    assert len(partition.columns) == 0


def test_what_is_committed_never_runs_ahead_of_the_store() -> None:
    partition = _running()
    _append(partition, 0, 1)
    assert partition.done == 0
    partition.seal()
    assert partition.done == 0
    _append(partition, 2)
    partition.shelve()
    assert partition.done == 2


def test_a_transaction_marker_at_the_end_does_not_count_as_lag() -> None:
    partition = _running()
    _append(partition, 0, 1)
    partition.seal()
    partition.shelve()
    partition.reached(3)
    assert partition.done == 3
    _append(partition, 3)
    partition.seal()
    assert partition.waiting[0].coverage.first == 2


def test_what_kafka_had_deleted_is_told_apart_from_what_was_invisible() -> None:
    partition = _running(stored=10, available_from=20)
    assert partition.position == 20
    _append(partition, 22)
    partition.seal()
    assert (partition.waiting[0].coverage.first, partition.waiting[0].coverage.available_from) == (10, 20)
    _append(partition, 23)
    partition.seal()
    assert partition.waiting[1].coverage.available_from == 23


def test_a_segment_can_be_encoded_again_after_a_failed_upload() -> None:
    partition = _running()
    _append(partition, 0, 1)
    partition.seal()
    segment = partition.waiting[0]
    content = segment.encode()
    assert segment.encode() == content
    assert columns.footer(content, segment.key) == segment.coverage


def test_a_reset_forgets_what_is_held() -> None:
    partition = _running()
    _append(partition, 0, 1)
    partition.seal()
    _append(partition, 2)
    partition.reset()
    assert partition.phase is Phase.LOCATING
    assert partition.memory == 0


def test_each_segment_says_where_its_chain_began() -> None:
    partition = Partition(PATH, "writer")
    partition.start(40, 30, 0, "topic-id", begins=10)
    for offset in (40, 41):
        _append(partition, offset)
        partition.seal()
    assert [one.coverage.begins for one in partition.waiting] == [10, 10]
