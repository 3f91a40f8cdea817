"""Snapshot repositories: where snapshots are kept."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from meridian.common.errors import MeridianError
from meridian.services.elasticsearch.client import ElasticClient

# Repositories of a plain folder need no module; all nodes have to share it.
_MODULES = {
    "s3": "repository-s3",
    "gcs": "repository-gcs",
    "azure": "repository-azure",
    "url": "repository-url",
}


def refused(modules: set[str], kind: str) -> str:
    """Return why a repository of a kind cannot be had, empty when it can. Pure.

    :param modules: what :meth:`ElasticClient.modules` returned.
    """
    module = _MODULES.get(kind)
    if module is None or module in modules:
        return ""
    return (
        f"this Elasticsearch has no module {module}, so it keeps no snapshots in a repository of type "
        f"{kind}: name a full distribution in MERIDIAN_ELASTICSEARCH_ARTIFACT"
    )


def plan(client: ElasticClient, name: str, kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a repository differs in, by key with ``old`` and ``new``; empty when in nothing."""
    found = client.get(f"/_snapshot/{quote(name)}")
    old = {"type": found[name]["type"], **found[name]["settings"]} if found else {}
    new = {"type": kind, **{key: _text(value) for key, value in settings.items()}}
    return {
        key: {"old": old.get(key), "new": new.get(key)}
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key) and key != "uuid"
    }


def put(client: ElasticClient, name: str, kind: str, settings: Mapping[str, Any]) -> None:
    """Have a repository so; every node proves that it can write there.

    :raises MeridianError: the cluster lacks the module, or a node cannot write.
    """
    if why := refused(client.modules(), kind):
        raise MeridianError(why)
    client.call("PUT", f"/_snapshot/{quote(name)}", {"type": kind, "settings": dict(settings)})


def remove(client: ElasticClient, name: str, confirm: str) -> None:
    """Forget a repository; the snapshots stay where they are.

    :param confirm: the name once more.
    :raises MeridianError: the names differ, or there is no such repository.
    """
    _same(name, confirm, "repository")
    client.call("DELETE", f"/_snapshot/{quote(name)}")


def remove_index(client: ElasticClient, name: str, confirm: str) -> None:
    """Delete an index with all its documents.

    :param name: one index; no pattern.
    :param confirm: the name once more.
    :raises MeridianError: the names differ, it is a pattern, or there is no such index.
    """
    _same(name, confirm, "index")
    if any(sign in name for sign in "*,?") or name in ("", "_all"):
        raise MeridianError(f"{name!r} is a pattern: indices are removed one by one, each by its name")
    client.call("DELETE", f"/{quote(name)}")


def _same(name: str, confirm: str, what: str) -> None:
    if name != confirm:
        raise MeridianError(
            f"{what} {name} is not removed: confirm must be its name as well, it is {confirm!r}"
        )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
