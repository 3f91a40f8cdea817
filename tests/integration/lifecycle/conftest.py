"""EC2 servers for all tests of this folder, empty at the beginning of each."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian.common import paths
from meridian.operations import create_machines

from tests.doubles.ec2_server import Server
from tests.integration.lifecycle.clouds import Clouds


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Server]]:
    """Two clouds, each with an API of its own."""
    made = {"east": Server(), "west": Server()}
    yield made
    for server in made.values():
        server.stop()


@pytest.fixture
def east(servers: dict[str, Server]) -> Server:
    return servers["east"]


@pytest.fixture
def west(servers: dict[str, Server]) -> Server:
    return servers["west"]


@pytest.fixture
def clouds(servers: dict[str, Server], monkeypatch: pytest.MonkeyPatch) -> Iterator[Clouds]:
    # A unix socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="mp-", dir="/tmp") as folder:
        monkeypatch.setattr(paths, "state", lambda: Path(folder) / "state")
        monkeypatch.setenv("TRIAL_KEY", "key")
        monkeypatch.setenv("TRIAL_SECRET", "secret")
        # Nothing runs in the machines of these clouds that could answer.
        monkeypatch.setattr(create_machines, "_wait", lambda *_: None)
        for server in servers.values():
            server.reset()
        made = Clouds(Path(folder), servers)
        yield made
        made.close()
