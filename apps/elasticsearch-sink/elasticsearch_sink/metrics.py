"""The sink's metrics, as Prometheus reads them. Pure."""

from collections.abc import Mapping
from typing import Any

_HELP = {
    "indexed": "documents that were made",
    "already": "records whose document was there",
    "dead": "records that became dead letters",
    "retries": "requests that were repeated",
    "bytes": "bytes that were sent",
}


def text(facts: Mapping[str, Any]) -> str:
    """Return what the service says about itself in Prometheus' format. Pure."""
    lines = []
    for name, help_text in _HELP.items():
        metric = f"meridian_elasticsearch_sink_{name}_total"
        lines += [f"# HELP {metric} {help_text}", f"# TYPE {metric} counter"]
        lines.append(f"{metric} {facts.get('counters', {}).get(name, 0)}")
    gauges = {
        "lag_records": facts.get("lag_records", 0),
        "problems": len(facts.get("problems", ())),
        "resident_bytes": facts.get("resident_bytes", 0),
    }
    for name, value in gauges.items():
        metric = f"meridian_elasticsearch_sink_{name}"
        lines += [f"# TYPE {metric} gauge", f"{metric} {value}"]
    return "\n".join(lines) + "\n"
