"""The state says what it would load, loads it, and then has nothing to do."""

from typing import Any

import pytest
from meridian.states import meridian_firewall as state
from salt.exceptions import CommandExecutionError


class Kernel:
    """Stands for a node's kernel: which rules are in effect, and what its file says."""

    def __init__(self) -> None:
        self.rules, self.file = "old", "new"
        self.deaf = False

    def difference(self) -> list[str]:
        if not self.file:
            raise CommandExecutionError("/etc/meridian/firewall.nft is not there")
        return [] if self.rules == self.file else [f"-{self.rules}", f"+{self.file}"]

    def load(self) -> bool:
        if not self.deaf:
            self.rules = self.file
        return True


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    functions = {"meridian_firewall.difference": made.difference, "meridian_firewall.load": made.load}
    monkeypatch.setattr(state, "__salt__", functions, raising=False)
    return made


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {"test": False}
    monkeypatch.setattr(state, "__opts__", found, raising=False)
    return found


def test_plans_loads_and_is_done(kernel: Kernel, options: dict[str, Any]) -> None:
    options["test"] = True
    planned = state.in_effect("firewall")
    assert (planned["result"], kernel.rules) == (None, "old")
    options["test"] = False
    done = state.in_effect("firewall")
    assert (done["result"], done["changes"], kernel.rules) == (True, planned["changes"], "new")
    again = state.in_effect("firewall")
    assert (again["result"], again["changes"]) == (True, {})


def test_a_change_of_the_file_is_foretold(kernel: Kernel, options: dict[str, Any]) -> None:
    kernel.rules = kernel.file
    options["test"] = True
    assert state.in_effect("firewall")["result"] is True
    assert state.mod_watch("firewall", sfun="in_effect")["result"] is None
    kernel.file = ""
    assert state.in_effect("firewall")["result"] is None


def test_failing_is_told(kernel: Kernel, options: dict[str, Any]) -> None:
    kernel.deaf = True
    assert state.in_effect("firewall")["result"] is False
    kernel.file = ""
    failed = state.in_effect("firewall")
    assert (failed["result"], failed["comment"]) == (False, "/etc/meridian/firewall.nft is not there")
