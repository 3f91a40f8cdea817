"""A real cluster of three nodes with TLS and passwords, beside one of three brokers."""

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian.artifacts.store import Store
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import health, templates
from meridian.services.elasticsearch.access import ElasticAccess
from meridian.services.elasticsearch.client import ElasticClient

from tests.integration.elasticsearch.nodes import FORMULA, PASSWORDS, Node, nodes
from tests.integration.kafka.conftest import kafka_artifact, lab

__all__ = ["kafka_artifact", "lab"]

_UP_SECONDS = 240


class Elastic:
    """The cluster under test.

    :ivar nodes: its machines, by name.
    :ivar client: of user ``elastic``.
    """

    def __init__(self, folder: Path, made: list[Node]) -> None:
        self.folder = folder
        self.nodes = {one.id: one for one in made}
        self.client = ElasticClient(self.access("elastic"), patience=0)

    def access(self, user: str, password: str = "") -> ElasticAccess:
        """Return the access of a user, whose password is in a file."""
        auth = self.folder / f"{user}{password}.json"
        auth.write_text(json.dumps({"user": user, "password": password or PASSWORDS[user]}))
        urls = next(iter(self.nodes.values())).settings["urls"]
        return ElasticAccess(tuple(urls), str(self.folder / "pki/ca.pem"), str(auth))

    def wait(self, status: str = "green") -> None:
        """Wait until all nodes are there and all is well."""
        until = time.monotonic() + _UP_SECONDS
        while True:
            try:
                health.wait(self.client, list(self.nodes), status, 3)
                return
            except MeridianError as error:
                living = all(node.running for node in self.nodes.values())
                if not living or time.monotonic() > until:
                    logs = "\n".join(f"{name}: {_end(node.log)}" for name, node in self.nodes.items())
                    raise AssertionError(f"{error}\n{logs}") from error


def _end(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


@pytest.fixture(scope="package")
def elastic() -> Iterator[Elastic]:
    """Three nodes that are up, with the formula's template."""
    if not shutil.which("java"):
        pytest.skip("no java on this machine; nodes bring their own")
    # Not below pytest's own folder, which no other user may enter: Elasticsearch refuses root.
    folder = Path(tempfile.mkdtemp(prefix="me-", dir="/tmp"))
    folder.chmod(0o755)
    made: list[Node] = []
    try:
        store = Store(paths.repository(), paths.cache())
        artifact = store.unpacked(store.prepare(["elasticsearch"])["elasticsearch"], folder / "artifact")
        made = nodes(folder, artifact)
        for node in made:
            node.start()
        cluster = Elastic(folder, made)
        cluster.wait()
        templates.put(cluster.client, "meridian-kafka", template())
        yield cluster
    finally:
        for node in made:
            node.stop(signal.SIGKILL)
        shutil.rmtree(folder)


def template() -> dict[str, object]:
    """Return the template as indices.sls makes it."""
    made: dict[str, object] = json.loads((FORMULA / "files" / "template.json").read_text(encoding="utf-8"))
    return made | {"index_patterns": ["kafka-*"]}
