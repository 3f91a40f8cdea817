"""The supervisor's metrics, as Prometheus reads them. Pure."""

from collections.abc import Mapping
from typing import Any

_PREFIX = "meridian_connect_supervisor"
# Each with its type, its help and the key of a part's facts.
_OF_PARTS = (
    ("restarts_total", "counter", "restarts of what had failed", "restarts"),
    ("failed", "gauge", "1 while it has failed and does not run", "failed"),
    ("failed_since_seconds", "gauge", "when it failed first, the last time", "since"),
)


def text(facts: Mapping[str, Any]) -> str:
    """Return what the supervisor has seen in Prometheus' format."""
    lines = []
    for name, kind, says, key in _OF_PARTS:
        lines += [f"# HELP {_PREFIX}_{name} {says}", f"# TYPE {_PREFIX}_{name} {kind}"]
        lines += [f"{_PREFIX}_{name}{_labels(part)} {part[key] + 0}" for part in facts.get("parts", ())]
    lines += [f"# TYPE {_PREFIX}_problems gauge", f"{_PREFIX}_problems {len(facts.get('problems', ()))}"]
    return "\n".join(lines) + "\n"


def _labels(part: Mapping[str, Any]) -> str:
    task = "" if part["task"] is None else part["task"]
    name = str(part["connector"]).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{{connector="{name}",task="{task}"}}'
