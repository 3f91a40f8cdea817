"""Marathon's API for the tests of what talks to it."""

from collections.abc import Iterator

import pytest
from meridian.common import rest
from meridian.services.marathon import deployment
from meridian.services.marathon.client import MarathonClient

from tests.doubles.marathon_memory import CREDENTIALS, MarathonMemory


@pytest.fixture
def marathon() -> Iterator[MarathonMemory]:
    """Serve the API of a Marathon with two agents."""
    with MarathonMemory().served() as double:
        yield double


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once: these agents need no time."""
    monkeypatch.setattr(deployment, "_POLL", 0.02)
    monkeypatch.setattr(rest, "_PAUSE", 0.02)


@pytest.fixture
def client(marathon: MarathonMemory) -> MarathonClient:
    """Return a client of it."""
    return MarathonClient([marathon.url], CREDENTIALS, patience=5)
