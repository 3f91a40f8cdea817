"""One clone and one deployment for all tests of the platform."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.clone import Clone, Outcome


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here."""
    for item in items:
        if "tests/integration/" in item.path.as_posix():
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def clone() -> Iterator[Clone]:
    """A clone from which nothing is deployed yet."""
    made = Clone(Path(tempfile.mkdtemp(prefix="mi-", dir="/tmp")))
    yield made
    made.remove()


@pytest.fixture(scope="session")
def deployed(clone: Clone) -> Outcome:
    """The outcome of the clone's first deployment of ``local``."""
    return clone.meridian("deploy", timeout=1500)


@pytest.fixture
def platform(clone: Clone, deployed: Outcome) -> Clone:
    """The clone with its platform up."""
    assert deployed.code == 0
    return clone
