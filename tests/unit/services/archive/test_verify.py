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
