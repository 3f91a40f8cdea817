"""What salt-run prints of a runner that fails."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import meridian.runners
import pytest
import salt.exceptions
from meridian.common import crashes, paths
from meridian.common.errors import MeridianError
from meridian.salt_api import told
from meridian.topology import Problem, TopologyError

MODULES = [one.name for one in pkgutil.iter_modules(meridian.runners.__path__)]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    return tmp_path


def runners(**functions: Any) -> dict[str, Any]:
    """Return a module of runners."""
    for function in functions.values():
        function.__module__ = "meridian.runners.sample"
    module = {"__name__": "meridian.runners.sample", **functions}
    told.in_one_line(module)
    return module


@pytest.mark.parametrize("name", MODULES)
def test_every_runner_tells_its_errors_in_one_line(name: str) -> None:
    module = importlib.import_module(f"meridian.runners.{name}")
    public = [
        held
        for key, held in vars(module).items()
        if callable(held) and key[0] != "_" and getattr(held, "__module__", "") == module.__name__
    ]
    assert public
    assert [held.__name__ for held in public if not hasattr(held, "__wrapped__")] == []


def test_an_error_of_ours_is_printed_as_it_is_and_stays_of_its_class(state: Path) -> None:
    def fails() -> None:
        raise TopologyError([Problem("a.sls", ("b",), "expected c")])

    with pytest.raises(TopologyError, match=r"^a\.sls: b: expected c$") as caught:
        runners(fails=fails)["fails"]()
    # Of this class Salt prints the text, of any other a traceback.
    assert isinstance(caught.value, salt.exceptions.NotImplemented)
    assert caught.value.problems[0].file == "a.sls"
    assert not crashes.file().exists()


def test_a_defect_is_one_line_that_says_where_the_rest_is(state: Path) -> None:
    def divides(by: int = 0) -> float:
        return 1 / by

    module = runners(divides=divides)
    with pytest.raises(MeridianError) as caught:
        module["divides"]()
    assert str(caught.value) == (
        "sample.divides failed by a defect: ZeroDivisionError: division by zero; "
        f"the traceback is in {state}/log/errors.log"
    )
    assert isinstance(caught.value, salt.exceptions.NotImplemented)
    assert "in divides" in crashes.file().read_text()
    assert module["divides"](by=2) == 0.5


def test_helpers_and_what_is_imported_are_left_alone() -> None:
    def _own() -> None:
        raise ValueError

    module = runners(_own=_own)
    module |= {"path": Path}
    told.in_one_line(module)
    assert module["path"] is Path
    with pytest.raises(ValueError, match=r"^$"):
        module["_own"]()
