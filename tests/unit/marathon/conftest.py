"""Marathon's API for the tests of what talks to it."""

from collections.abc import Iterator

import pytest
from meridian.marathon.client import MarathonClient

from tests.doubles.marathon_memory import CREDENTIALS, MarathonMemory


@pytest.fixture
def marathon() -> Iterator[MarathonMemory]:
    """Serve the API of a Marathon with two agents."""
    with MarathonMemory().served() as double:
        yield double


@pytest.fixture
def client(marathon: MarathonMemory) -> MarathonClient:
    """Return a client of it."""
    return MarathonClient([marathon.url], CREDENTIALS, patience=5)
