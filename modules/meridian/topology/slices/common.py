"""What the slices of all formulas share."""

from collections.abc import Mapping
from typing import Any


def given(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return what pillar sets of a section; the other keys are left to the formula's own defaults."""
    found = {key: value for key, value in section.items() if value is not None}
    nested = {key: given(value) if isinstance(value, Mapping) else value for key, value in found.items()}
    return {key: value for key, value in nested.items() if value != {} or found[key] == {}}
