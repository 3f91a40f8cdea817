"""A wrong recipe is refused with file, artifact and key; ours are right."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from meridian.artifacts import definition
from meridian.common import paths
from meridian.common.errors import MeridianError

_GOOD: dict[str, Any] = {"version": "1", "sources": [{"kind": "file", "path": "tool"}]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({**_GOOD, "version": 1.0}, "demo: version: "),
        ({**_GOOD, "sources": []}, "demo: sources: "),
        ({**_GOOD, "sauces": []}, "demo: sauces: "),
        ({**_GOOD, "sources": [{"kind": "ftp"}]}, "demo: no source kind 'ftp'; there are debian, "),
        ({**_GOOD, "sources": [{"kind": "file"}]}, "demo: source file: path: "),
        ({**_GOOD, "sources": [{"kind": "url", "url": "x", "sha512": "abc"}]}, "source url: sha512: "),
        ({**_GOOD, "sources": [{"kind": "maven", "jars": {"a:b:1": "abc"}}]}, "source maven: jars"),
        ({**_GOOD, "needs": ["nothing"]}, "demo needs nothing, which no "),
        ({**_GOOD, "needs": ["demo"]}, "in a circle: demo → demo"),
    ],
)
def test_wrong_recipes(
    recipe: Callable[..., None], repository: Path, wrong: dict[str, Any], message: str
) -> None:
    recipe("formula", demo=wrong)
    with pytest.raises(MeridianError) as refused:
        definition.load(repository / "salt")
    assert message in str(refused.value)


def test_a_name_has_one_recipe(recipe: Callable[..., None], repository: Path) -> None:
    recipe("one", demo=_GOOD)
    recipe("two", demo=_GOOD)
    with pytest.raises(MeridianError, match=r"two/artifact\.yaml: artifact demo is defined in .*one as well"):
        definition.load(repository / "salt")


def test_ours_are_valid_and_ordered() -> None:
    found = definition.load(paths.repository() / "salt")
    order = list(found)
    assert order.index("kafka") < order.index("connect-predicates")
    assert {"node-salt", "meridian", "versitygw", "archiver", "toxiproxy", "node-base"} <= found.keys()


def test_no_recipe_names_a_registry() -> None:
    hosts = ("http://", "https://")
    for file in (paths.repository() / "salt").glob("*/artifact.yaml"):
        assert not any(host in file.read_text() for host in hosts), file
