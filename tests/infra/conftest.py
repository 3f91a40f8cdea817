"""Facts of every node, gathered in one call; the tests then only assert.

By default the nodes are those of the environment in ``MERIDIAN_ENVIRONMENT`` (``local``), asked over Salt.
With ``--node '<testinfra host>=<role>,<role>'``, which may be repeated, they are those, as molecule has it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import salt.client
import testinfra
from meridian.common import paths
from meridian.topology.model import Region, Topology

from tests.infra.subjects import Subject, services_of, subjects, the_topology

_GATHER_SECONDS = 30


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--node``."""
    parser.addoption(
        "--node", action="append", default=[], help="testinfra host and roles: docker://x=kafka,connect"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each node, each service of a node, or each region that it asks for."""
    names = set(metafunc.fixturenames)
    if "service" in names:
        pairs = [(subject, one) for subject in subjects(metafunc.config) for one in services_of(subject)]
        ids = [f"{subject.id}-{service.service}" for subject, service in pairs]
        metafunc.parametrize(("subject", "service"), pairs, ids=ids)
    elif "subject" in names:
        found = subjects(metafunc.config)
        metafunc.parametrize("subject", found, ids=[subject.id for subject in found])
    for name, regions in (("region", _regions), ("search", _searched)):
        if name in names:
            found_regions = regions(metafunc.config)
            metafunc.parametrize(name, found_regions, ids=[region.name for region in found_regions])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests of search clusters where there is none: one that is skipped has proven nothing."""
    return True if collection_path.name == "test_search.py" and not _searched(config) else None


def _regions(config: pytest.Config) -> Sequence[Region]:
    return () if config.getoption("--node") else the_topology().regions


def _searched(config: pytest.Config) -> Sequence[Region]:
    return [region for region in _regions(config) if region.search]


@pytest.fixture(scope="session")
def topology() -> Topology:
    """The environment under test."""
    return the_topology()


@pytest.fixture(scope="session")
def gathered(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Facts of every node, by its id; a node that did not answer is missing."""
    everyone = subjects(request.config)
    if request.config.getoption("--node"):
        return {
            subject.id: testinfra.get_host(subject.host).salt("meridian_facts.gather", local=True)
            for subject in everyone
        }
    backend = testinfra.get_host(everyone[0].host).backend
    # Its own client would read /etc/salt; SALT_CONFIG_DIR does not move what includes are relative to.
    backend._client = salt.client.LocalClient(str(paths.repository() / "master"))
    client = backend.client
    found = client.cmd(
        [subject.id for subject in everyone],
        "meridian_facts.gather",
        tgt_type="list",
        timeout=_GATHER_SECONDS,
    )
    return dict(found)


@pytest.fixture
def facts(subject: Subject, gathered: dict[str, Any]) -> dict[str, Any]:
    """What the node under test said of itself."""
    found = gathered.get(subject.id)
    assert isinstance(found, dict), f"{subject.id} gave no facts: {found or 'no answer'}"
    return found


@pytest.fixture(scope="session")
def secrets(request: pytest.FixtureRequest) -> list[str]:
    """Every secret of the environment, as text that may stand nowhere else."""

    def strings(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for item in value.values() for text in strings(item)]
        if isinstance(value, list):
            return [text for item in value for text in strings(item)]
        return [value] if isinstance(value, str) else []

    if request.config.getoption("--node"):
        return []
    folder = paths.secrets(the_topology().environment)
    return [
        text
        for file in folder.rglob("*.json")
        for text in strings(json.loads(file.read_text(encoding="utf-8")))
        if len(text) >= 16
    ]
