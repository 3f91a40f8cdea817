"""The order of things: cheap stages first, and none after one that failed.

A stage is a folder below ``tests``. Each prints a line with its time when its last test is done.
"""

import time
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_HERE = Path(__file__).parent
_started: dict[str, float] = {}
# How fast this machine is now says nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def _stage(item: pytest.Item) -> str:
    return item.path.relative_to(_HERE).parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Tell a stage's time behind its last test, and stop there when something failed."""
    stage = _stage(item)
    _started.setdefault(stage, time.monotonic())
    outcome = yield
    if nextitem is None or _stage(nextitem) != stage:
        failed = item.session.testsfailed
        terminal = item.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.ensure_newline()
            what = f"{failed} failed" if failed else "ok"
            terminal.write_line(f"stage {stage}: {what}, {time.monotonic() - _started[stage]:.1f} s")
        if failed and nextitem is not None:
            item.session.shouldfail = f"stage {stage} failed, the later ones were left out"
    return outcome
