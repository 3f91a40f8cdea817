"""A real Connect worker beside three real brokers, which are source and target of its flows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian.artifacts.store import Store
from meridian.common import paths

from tests.integration.kafka.conftest import Lab, kafka_artifact, lab
from tests.integration.mirror.worker import Worker

__all__ = ["kafka_artifact", "lab"]


@pytest.fixture(scope="package")
def worker(lab: Lab, kafka_artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker that serves."""
    store = Store(paths.repository(), paths.cache())
    built = store.prepare(["connect-predicates"])["connect-predicates"]
    predicates = store.unpacked(built, tmp_path_factory.mktemp("predicates") / "artifact")
    identity = lab.tls.ca.parent
    made = Worker(tmp_path_factory.mktemp("worker"), lab.bootstrap, identity, kafka_artifact, predicates)
    try:
        made.start()
        yield made
    finally:
        made.stop()
