"""What holds for all tests."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.suite_times import SuiteTimes

# How fast this machine is now says nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Measure a run, in the process that reports it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(SuiteTimes(), "suite-times")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that is left to ``./meridian test --all`` without a reason."""
    for item in items:
        marker = item.get_closest_marker("long")
        if marker is not None and not (marker.args and isinstance(marker.args[0], str)):
            raise pytest.UsageError(f"{item.nodeid}: expected a reason: @pytest.mark.long('why')")
