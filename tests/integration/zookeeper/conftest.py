"""Real ensembles with TLS and passwords, without a platform around them."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL

import pytest
import yaml
from kazoo.client import KazooClient
from kazoo.exceptions import KazooException
from kazoo.retry import KazooRetry
from meridian.artifacts.store import Store
from meridian.common import paths
from meridian.common.secrets import PASSWORDS
from meridian.services.zookeeper import acl, node, roll
from meridian.services.zookeeper import paths as zookeeper_paths

from tests.integration.kafka.machines import certificates
from tests.integration.zookeeper.machines import FORMULA, Ensemble, machines
from tests.integration.zookeeper_server import unpacked

UP_SECONDS = 300
USERS = {name: f"{name}Secret0123456789" for name in PASSWORDS["zookeeper"]}
Founder = Callable[..., Ensemble]


@pytest.fixture(scope="session")
def zookeeper_artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The formula's artifacts, unpacked, in one folder."""
    folder = tmp_path_factory.mktemp("artifacts")
    unpacked(folder / "zookeeper")
    store = Store(paths.repository(), paths.cache())
    store.unpacked(store.prepare(["zookeeper-access"])["zookeeper-access"], folder / "zookeeper-access")
    return folder


@pytest.fixture(scope="package")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of certificates of one authority."""
    folder = tmp_path_factory.mktemp("identity") / "pki"
    certificates(folder, "zookeeper")
    for file in folder.glob("zookeeper.*"):
        (folder / file.name.replace("zookeeper", "kafka")).symlink_to(file)
    return folder


@pytest.fixture(scope="package")
def found(
    zookeeper_artifacts: Path, identity: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Founder]:
    """Makes machines of an ensemble, of which the first ones found it and serve."""
    with ExitStack() as ends:

        def make(count: int = 3, founding: int = 3) -> Ensemble:
            made = machines(tmp_path_factory.mktemp("ensemble"), zookeeper_artifacts, identity, count, USERS)
            for machine in made:
                ends.callback(machine.stop, SIGKILL)
            ensemble = Ensemble(made, USERS)
            ensemble.want(*range(1, founding + 1))
            for number in ensemble.wanted:
                assert ensemble.prepare(number).count("participant") == founding
                ensemble.machines[number].start()
            roll.wait(ensemble, ensemble.wanted, UP_SECONDS)
            return ensemble

        yield make


@pytest.fixture(scope="package")
def ensemble(found: Founder) -> Ensemble:
    """Three servers with the formula's paths, for tests that leave them as they were, and an idle machine."""
    made = found(count=4)
    make_paths(made)
    return made


def make_paths(ensemble: Ensemble) -> dict[str, object]:
    """Do what zookeeper.paths does on a node; return the changes."""
    wanted = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))["paths"]
    changes: dict[str, object] = {}
    with ensemble.client(node.ADMIN) as client:
        for path, settings in sorted(wanted.items(), reverse=True):
            todo = zookeeper_paths.plan(client, path, acl.wanted(acl.access(path, settings, USERS), USERS))
            if todo:
                zookeeper_paths.apply(client, todo)
            changes |= todo.changes()
    return changes


class Writer:
    """A client that writes numbered nodes below /marathon all the time; it knows which were acknowledged."""

    def __init__(self, ensemble: Ensemble, *servers: int) -> None:
        self._ensemble = ensemble
        self._servers = servers
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.written: list[str] = []
        self.problem: BaseException | None = None

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(UP_SECONDS)

    def await_more(self, count: int = 20, seconds: float = UP_SECONDS) -> None:
        """Wait until so many more were acknowledged."""
        goal = len(self.written) + count
        timer = threading.Event()
        for _ in range(int(seconds * 10)):
            if len(self.written) >= goal:
                return
            assert self._thread.is_alive(), f"the writer ended: {self.problem!r}"
            timer.wait(0.1)
        raise AssertionError(f"{len(self.written)} writes, and no more for {seconds:.0f} s")

    def _run(self) -> None:
        patient = KazooRetry(max_tries=-1, delay=0.05, backoff=1)
        try:
            with self._ensemble.client("marathon", *self._servers) as client:
                for number in itertools.count():
                    if self._stop.is_set():
                        return
                    path = f"/marathon/write-{number:06}"
                    patient(_create, client, path)
                    self.written.append(path)
        except BaseException as problem:
            self.problem = problem


def _create(client: KazooClient, path: str) -> None:
    """Create a node; one that is there was created by the try before, whose answer was lost."""
    if not client.exists(path):
        client.create(path)


def refused(ask: Callable[[], object]) -> str:
    """Return the name of the error with which ZooKeeper refuses; empty when it does not."""
    try:
        ask()
    except KazooException as error:
        return type(error).__name__
    return ""
