"""What a run's time is attributed to."""

import pytest

from tests.suite_times import Clock, suite_of


@pytest.mark.parametrize(
    ("place", "suite"),
    [
        ("tests/unit/cli/test_test.py::test_it[1]", "tests/unit"),
        ("tests/integration/kafka/test_roll.py::test_it", "integration/kafka"),
        ("tests/integration/platform/test_mesos.py::test_it[local]", "integration/platform/test_mesos"),
    ],
)
def test_a_suite_is_a_folder_and_of_a_platform_a_file(place: str, suite: str) -> None:
    assert suite_of(place) == suite


def test_time_passes_and_is_busy_or_idle() -> None:
    before = Clock.now()
    sum(range(2_000_000))
    spent = Clock.now() - before
    assert spent.wall > 0
    assert spent.busy >= 0
    assert spent.idle >= 0
