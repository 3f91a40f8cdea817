"""A partition that the client has silently stopped fetching is found, and no other."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from archiver.partition import Partition
from archiver.stalls import Stalls

from tests.doubles.memory_store import PATH

PLACE = (PATH.topic, PATH.partition)


@dataclass
class End:
    offset: int


class Cluster:
    """Stands for an admin client: knows where the partition ends."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.asked = 0

    def list_offsets(self, wanted: Mapping[Any, Any], **options: Any) -> dict[Any, Future[End]]:
        self.asked += 1
        answers: dict[Any, Future[End]] = {}
        for one in wanted:
            answers[one] = Future()
            answers[one].set_result(End(self.end))
        return answers


def running(position: int) -> Partition:
    partition = Partition(PATH, "writer")
    partition.start(0, None, 0, "topic-id")
    partition.reached(position)
    return partition


def found(stalls: Stalls, partition: Partition, until: float) -> list[tuple[float, int]]:
    """Look once a second; return when a stall was found, and which end."""
    seen = []
    for second in range(int(until)):
        seen += [(float(second), end) for end in stalls.find({PLACE: partition}, float(second)).values()]
    return seen


def test_one_that_stands_still_before_its_end_is_found() -> None:
    stalls = Stalls(Cluster(end=9), patience=20)  # type: ignore[arg-type]
    ((second, end),) = found(stalls, running(5), until=70)
    assert end == 9
    assert 40 <= second <= 65


def test_one_at_its_end_is_left_alone() -> None:
    cluster = Cluster(end=5)
    assert found(Stalls(cluster, patience=20), running(5), until=300) == []  # type: ignore[arg-type]
    assert cluster.asked <= 15


def test_one_that_moves_is_not_even_asked_for() -> None:
    cluster, partition = Cluster(end=1000), running(0)
    stalls = Stalls(cluster, patience=20)  # type: ignore[arg-type]
    for second in range(200):
        partition.reached(second)
        assert stalls.find({PLACE: partition}, float(second)) == {}
    assert cluster.asked == 0


def test_a_record_that_was_on_its_way_is_no_stall() -> None:
    partition = running(5)
    stalls = Stalls(Cluster(end=6), patience=20)  # type: ignore[arg-type]
    for second in range(30):
        assert stalls.find({PLACE: partition}, float(second)) == {}
    partition.reached(6)
    for second in range(30, 120):
        assert stalls.find({PLACE: partition}, float(second)) == {}


def test_a_pause_is_no_stall() -> None:
    partition = running(5)
    stalls = Stalls(Cluster(end=9), patience=20)  # type: ignore[arg-type]
    for second in range(300):
        if second % 15 == 0:
            stalls.forget()
        assert stalls.find({PLACE: partition}, float(second)) == {}
