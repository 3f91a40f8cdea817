"""The command line against a real server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka_scheduler.cli.main import main

from tests.unit.kafka_scheduler.api.double import Api
from tests.unit.kafka_scheduler.serving import Serving, serving

#: Runs a command: its words → exit code, what it printed, what it printed as an error.
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates and the secret."""
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="session")
def served(folder: Path) -> Iterator[Serving]:
    """A server with TLS."""
    with serving(folder) as one:
        yield one


@pytest.fixture
def api(served: Serving, monkeypatch: pytest.MonkeyPatch) -> Api:
    """A scheduler that the environment names, without brokers."""
    for name, value in served.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("KAFKA_SCHEDULER_CONFIG", raising=False)
    return served.afresh()


@pytest.fixture
def run(api: Api, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command against it."""

    def command(*words: str) -> tuple[int, str, str]:
        code = main(words)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command
