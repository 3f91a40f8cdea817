"""A client of an Elasticsearch cluster that asks its nodes in turn."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from meridian.common.rest import Instances, RestError, content
from meridian.services.elasticsearch.access import ElasticAccess

_BULK_ANSWER = (
    "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.type,"
    "items.*.error.caused_by.reason"
)


class ElasticError(RestError):
    """Elasticsearch refused a request, or none of its nodes answered.

    :ivar kind: Elasticsearch's own name of the error, e.g. ``resource_not_found_exception``.
    """

    nobody = "no Elasticsearch node answers ({}); see journalctl -u meridian-elasticsearch there"
    # Too many requests; no master, no primary, or a node that is starting.
    transient = (429, 502, 503, 504)

    def __init__(self, message: str, status: int = 0, kind: str = "") -> None:
        super().__init__(message, status)
        self.kind = kind


class ElasticClient:
    """Elasticsearch's REST interface.

    A request goes to the first node that answers; one that does not is tried last from then on.

    :param access: where the cluster is, and as whom it is asked.
    :param timeout: seconds to wait for one answer.
    :param patience: seconds over which a request that meets no node or an overloaded one is repeated.
    :raises MeridianError: the file of user and password cannot be read.
    """

    def __init__(self, access: ElasticAccess, timeout: float = 30, patience: float = 30) -> None:
        credentials = access.credentials()
        self._auth_file = access.auth
        self._user = credentials[0] if credentials else ""
        self._nodes = Instances(
            access.urls,
            ElasticError,
            credentials,
            access.ca,
            timeout=timeout,
            patience=patience,
        )

    def health(self, seconds: int = 1) -> dict[str, Any]:
        """Return the cluster's health: ``status``, ``number_of_nodes``, ``relocating_shards`` and so on.

        :param seconds: how long the node may look for a master.
        """
        return dict(self.call("GET", f"/_cluster/health?master_timeout={seconds}s&timeout={seconds}s"))

    def nodes(self) -> dict[str, dict[str, Any]]:
        """Return each node's ``zone``, ``roles`` and whether it is the elected ``master``, by name."""
        found = self.call("GET", "/_nodes/http?filter_path=nodes.*.name,nodes.*.attributes,nodes.*.roles")
        leader = self.call("GET", "/_cluster/state/master_node?filter_path=master_node").get("master_node")
        return {
            node["name"]: {
                "zone": node.get("attributes", {}).get("zone", ""),
                "roles": node.get("roles", []),
                "master": number == leader,
            }
            for number, node in found.get("nodes", {}).items()
        }

    def modules(self) -> set[str]:
        """Return the names of the modules and plugins that every node has."""
        found = self.call("GET", "/_nodes/plugins?filter_path=nodes.*.modules.name,nodes.*.plugins.name")
        sets = [
            {one["name"] for kind in ("modules", "plugins") for one in node.get(kind, [])}
            for node in found.get("nodes", {}).values()
        ]
        return set.intersection(*sets) if sets else set()

    def settings(self) -> dict[str, str]:
        """Return the cluster's persistent settings, flat."""
        return dict(self.call("GET", "/_cluster/settings?flat_settings=true").get("persistent", {}))

    def set_settings(self, changes: Mapping[str, Any]) -> None:
        """Change persistent settings of the cluster; ``None`` puts one back to its default."""
        self.call("PUT", "/_cluster/settings", {"persistent": dict(changes)})

    def indices(self) -> dict[str, dict[str, Any]]:
        """Return each index's ``health``, ``documents`` and ``bytes``, by name; system indices left out."""
        listed = self.call("GET", "/_cat/indices?format=json&bytes=b&h=index,health,docs.count,store.size")
        return {
            one["index"]: {
                "health": one["health"],
                "documents": int(one["docs.count"] or 0),
                "bytes": int(one["store.size"] or 0),
            }
            for one in listed
            if not one["index"].startswith(".")
        }

    def count(self, index: str, query: Mapping[str, Any] | None = None) -> int:
        """Return the number of documents that a search finds in an index; 0 when there is none.

        :param query: in Elasticsearch's query language; default: all documents.
        """
        self.call("POST", f"/{quote(index)}/_refresh?ignore_unavailable=true")
        body = None if query is None else {"query": dict(query)}
        return int(self.call("POST", f"/{quote(index)}/_count?ignore_unavailable=true", body)["count"])

    def flush(self) -> None:
        """Have all indices write what a restart would otherwise read again."""
        self.call("POST", "/_flush?force=true")

    def bulk(self, body: bytes) -> list[dict[str, Any]]:
        """Send actions and documents, each on a line of its own.

        :return: for each action, in order, its ``status`` and, when it failed, its ``error``.
        :raises ElasticError: the request as a whole failed. It is not repeated here.
        """
        url = f"/_bulk?filter_path={_BULK_ANSWER}"
        kind = {"Content-Type": "application/x-ndjson"}
        answer = self._content(self._nodes.in_turn("POST", url, data=body, headers=kind))
        return [dict(next(iter(item.values()))) for item in answer["items"]]

    def sources(self, wanted: Sequence[tuple[str, str]], field: str) -> list[Any]:
        """Return one field of documents as they are now, searchable or not.

        :param wanted: index and id of each.
        :return: the field's value for each; ``None`` where there is no such document.
        """
        places = [{"_index": index, "_id": number, "_source": [field]} for index, number in wanted]
        found = self.call("POST", "/_mget", {"docs": places})["docs"]
        return [one.get("_source", {}).get(field) if one.get("found") else None for one in found]

    def get(self, path: str) -> Any:
        """Return what lies at a path; ``None`` when there is nothing."""
        try:
            return self.call("GET", path)
        except ElasticError as error:
            if error.status == 404:
                return None
            raise

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request, again for as long as there is patience and a reason to think that it passes.

        :return: the answer's JSON.
        :raises ElasticError: it was refused, or nobody answered.
        """

        def once() -> Any:
            return self._content(self._nodes.in_turn(method, path, json=body))

        return self._nodes.patiently(once)

    def _content(self, answer: requests.Response) -> Any:
        if answer.ok:
            return content(answer)
        url = answer.url.partition("?")[0]
        if answer.status_code == 401:
            where = f" in {self._auth_file}" if self._auth_file else ""
            raise ElasticError(
                f"{url}: Elasticsearch refuses user {self._user or '(none)'} (401): the password{where} is "
                "not the cluster's; deploy again to write both",
                401,
            )
        kind, message = _error(answer)
        raise ElasticError(
            f"Elasticsearch refused {answer.request.method} {url}: {answer.status_code} {message}",
            answer.status_code,
            kind,
        )


def _error(answer: requests.Response) -> tuple[str, str]:
    try:
        error = answer.json()["error"]
        return str(error.get("type", "")), " ".join(str(error["reason"]).split())
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", answer.reason
