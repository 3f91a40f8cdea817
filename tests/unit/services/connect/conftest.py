"""A Connect cluster of one worker, in memory."""

from collections.abc import Iterator

import pytest
from meridian.services.connect.client import ConnectClient

from tests.doubles.connect_rest import ConnectDouble


@pytest.fixture
def cluster() -> ConnectDouble:
    """What the workers share."""
    return ConnectDouble()


@pytest.fixture
def worker(cluster: ConnectDouble) -> Iterator[str]:
    """URL of a worker."""
    with cluster.worker() as url:
        yield url


@pytest.fixture
def client(worker: str) -> ConnectClient:
    """A client that does not wait long."""
    return ConnectClient([worker], patience=3)
