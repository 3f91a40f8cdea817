"""One clone and one deployment for all tests of the platform."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.mesos.pack import pack
from tests.integration.clone import Clone, Outcome

#: The suites of a platform, in the order in which they use the environment ``local`` up.
PLATFORM = ("before", "plan", "operations", "molecule", "migration", "mesos", "destroy", "search")
#: Settings that name Mesos and Marathon, and what the double's archive of each is called.
SETTINGS = {"MERIDIAN_MESOS_ARTIFACT": "mesos", "MERIDIAN_MARATHON_ARTIFACT": "marathon"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, and put what needs the engine and image of a deployment behind one."""
    here = [item for item in items if "tests/integration/" in item.path.as_posix()]
    for item in here:
        item.add_marker(pytest.mark.integration)
    here.sort(key=_turn)
    others = [item for item in items if item not in set(here)]
    items[:] = [*others, *here]


def _turn(item: pytest.Item) -> int:
    path = item.path
    if path.parent.name == "lifecycle":
        # It needs neither engine nor platform.
        return -1
    if path.parent.name == "platform":
        own = getattr(item, "callspec", None)
        later = len(PLATFORM) if own and own.params.get("on_mesos") == "local-mesos" else 0
        return 3 + later + PLATFORM.index(path.stem.removeprefix("test_"))
    if path.parent.name == "cloud":
        # It uses the engine and the image that a deployment has made.
        return 3 + PLATFORM.index("molecule")
    # It restarts brokers that the others share.
    return 1 if path.name == "test_roll.py" else 0


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


@pytest.fixture(scope="session")
def software(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Name Mesos and Marathon: what the user's settings name, else the double of both."""
    folder = tmp_path_factory.mktemp("mesos")
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            if name not in os.environ:
                patch.setenv(name, str(pack(SETTINGS[name], folder)))
        yield
