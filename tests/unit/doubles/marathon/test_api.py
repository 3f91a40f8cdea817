"""Corners of the double's API that its users rely on."""

import pytest

from tests.doubles.mesos.marathon.apps_api import labelled

LABELS = {"team": "shop", "tier": "1", "x.y-z": ""}


@pytest.mark.parametrize(
    ("selector", "fits"),
    [
        ("", True),
        ("team", True),
        ("owner", False),
        ("x.y-z", True),
        ("team==shop", True),
        ("team == shop, tier==2", False),
        ("team!=shop", False),
        ("owner!=me", False),
        ("tier in (1, 2), team", True),
        ("tier notin (1, 2)", False),
        ("tier notin (3)", True),
    ],
)
def test_apps_are_found_by_label(selector: str, fits: bool) -> None:
    assert labelled(LABELS, selector) is fits
