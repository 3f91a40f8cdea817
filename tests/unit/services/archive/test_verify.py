from typing import Any, cast

from meridian.services.archive import verify
from meridian.services.archive.segment import PartitionPath
from meridian.services.archive.store import Store

from tests.doubles.memory_store import PATH, MemoryStore


def _report(store: MemoryStore) -> dict[str, Any]:
    (report,) = verify.verify(cast(Store, store), "local", "us-east")
    return report.to_dict()


def test_a_whole_chain_is_well() -> None:
    store = MemoryStore()
    store.add([0, 1, 2])
    store.add([3, 4])
    report = _report(store)
    assert report["ok"]
    assert (report["objects"], report["records"], report["begins"], report["end"]) == (2, 5, 0, 5)


def test_offsets_that_were_never_visible_are_no_gap() -> None:
    store = MemoryStore()
    store.add([0, 1, 3], behind=5)
    store.add([6], first=5, behind=8)
    report = _report(store)
    assert report["ok"]
    assert report["invisible"] == 4
    assert report["end"] == 8


def test_a_missing_object_is_a_gap() -> None:
    store = MemoryStore()
    store.add([0, 1, 2])
    missing = store.add([3, 4])
    store.add([5, 6])
    del store.objects[missing]
    report = _report(store)
    assert not report["ok"]
    assert report["gaps"] == [[3, 5]]


def test_records_that_kafka_deleted_before_they_were_archived_are_a_gap() -> None:
    store = MemoryStore()
    store.add([0, 1, 2])
    store.add([10, 11], first=3, available_from=10)
    assert _report(store)["gaps"] == [[3, 10]]


def test_what_kafka_no_longer_had_when_archiving_began_is_no_gap() -> None:
    store = MemoryStore()
    store.add([10, 11], first=0, available_from=10)
    report = _report(store)
    assert report["ok"]
    assert report["begins"] == 10


def test_overlapping_objects_are_duplicates() -> None:
    store = MemoryStore()
    store.add([0, 1, 2, 3])
    store.add([2, 3, 4])
    report = _report(store)
    assert not report["ok"]
    assert report["duplicates"] == 2


def test_a_damaged_object_is_named_and_its_records_are_a_gap() -> None:
    store = MemoryStore()
    store.add([0, 1])
    key = store.add([2, 3])
    store.add([4])
    store.objects[key] = (b"PAR1 no more", store.objects[key][1])
    report = _report(store)
    assert report["gaps"] == [[2, 4]]
    assert len(report["damaged"]) == 1
    assert report["damaged"][0].startswith(key)


def test_an_object_under_a_wrong_name_is_named() -> None:
    store = MemoryStore()
    store.objects[PATH.key(1)] = store.objects.pop(store.add([0, 1]))
    assert "says that it starts at offset 0" in _report(store)["damaged"][0]


def test_the_summary_is_well_only_when_every_partition_is() -> None:
    store = MemoryStore()
    store.add([0, 1])
    other = PartitionPath("local", "us-east", "flights", 1)
    store.add([0, 1], path=other)
    store.add([3], path=other)
    found = verify.summary(list(verify.verify(cast(Store, store), "local", "us-east")))
    assert not found["ok"]
    assert (found["records"], found["gaps"], found["duplicates"]) == (5, 1, 0)
    assert [one["ok"] for one in found["partitions"]] == [True, False]


def test_a_head_that_is_gone_is_named() -> None:
    store = MemoryStore()
    head = store.add([0, 1, 2], begins=0)
    store.add([3, 4], begins=0)
    del store.objects[head]
    report = _report(store)
    assert not report["ok"]
    assert report["missing"] == ["flights/0: offsets 0 to 2 were archived and are gone"]


def test_a_tail_a_partition_and_a_topic_that_are_gone_are_named() -> None:
    store = MemoryStore()
    store.add([0, 1, 2])
    tail = store.add([3, 4])
    known = {("flights", 0): 3, ("flights", 1): 0, ("other", 0): 7}
    del store.objects[tail]
    found = verify.summary(list(verify.verify(cast(Store, store), "local", "us-east", None, known)))
    assert not found["ok"]
    assert found["missing"] == [
        "flights/0: what was archived from offset 3 on is gone, the segment of offset 3 at least",
        "flights/1: all that was archived is gone, the last segment began at offset 0",
        "other/0: all that was archived is gone, the last segment began at offset 7",
    ]


def test_what_the_archiver_has_stored_since_it_was_asked_is_nothing_missing() -> None:
    store = MemoryStore()
    store.add([0, 1, 2], begins=0)
    store.add([3, 4], begins=0)
    (report,) = verify.verify(cast(Store, store), "local", "us-east", "flights", {("flights", 0): 0})
    assert report.ok
