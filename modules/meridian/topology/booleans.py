"""Where pillar expects true or false: what YAML takes for one there was meant so."""

from meridian.topology import validation
from meridian.topology.problems import Path
from meridian.topology.schema import EnvironmentSettings, RegionSettings
from meridian.topology.written import Trap


def may_be_boolean(trap: Trap) -> bool:
    """Return whether a scalar that YAML takes for a boolean stands where the pillar has one."""
    return trap.kind == "bool" and not trap.said.startswith("key ") and _expected(trap.path) is bool


def _expected(path: Path) -> object:
    if path[:1] == ("overrides",):
        path = path[2:]
    found = (validation.type_at(model, path) for model in (RegionSettings, EnvironmentSettings))
    return next((one for one in found if one is not None), None)
