"""Index templates: what an index is made like."""

from collections.abc import Mapping
from typing import Any

from meridian.services.elasticsearch.client import ElasticClient

_FIELDS = ("index_patterns", "priority", "composed_of", "version", "_meta", "data_stream")


def plan(client: ElasticClient, name: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template differs in, by field with ``old`` and ``new``; empty when in nothing."""
    found = client.get(f"/_index_template/{name}?flat_settings=true")
    old = normal(found["index_templates"][0]["index_template"]) if found else {}
    new = normal(wanted)
    return {
        key: {"old": old.get(key), "new": new.get(key)}
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    }


def put(client: ElasticClient, name: str, wanted: Mapping[str, Any]) -> None:
    """Have a template so; indices that there are keep what they were made with."""
    client.call("PUT", f"/_index_template/{name}", dict(wanted))


def normal(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template as one form of many that mean the same. Pure.

    Elasticsearch gives settings back as text, under ``index.``, and adds empty fields.
    """
    body = template.get("template") or {}
    settings = {
        key if key.startswith("index.") else f"index.{key}": _text(value)
        for key, value in _flat(body.get("settings") or {})
    }
    parts = {
        **{key: template[key] for key in _FIELDS if template.get(key)},
        "settings": settings,
        "mappings": body.get("mappings") or {},
        "aliases": body.get("aliases") or {},
    }
    return {key: value for key, value in parts.items() if value}


def _flat(settings: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", value))
    return found


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return [_text(one) for one in value] if isinstance(value, list) else str(value)
