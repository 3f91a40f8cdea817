"""Marathon: apps that say by a label which of the proxy's backends leads to them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from meridian.discovery import names
from meridian.discovery.https import Access
from meridian.discovery.model import DiscoveryError, Endpoint, Wanted

#: Label of an app: the name under ``proxy:apps`` in pillar.
LABEL = "MERIDIAN_PROXY"
#: Label of an app: which of its ports, from 0; the first when it has none.
PORT_LABEL = "MERIDIAN_PROXY_PORT_INDEX"
#: Events after which servers may be elsewhere.
EVENTS = frozenset(
    {
        "app_terminated_event",
        "deployment_success",
        "event_stream_attached",
        "health_status_changed_event",
        "instance_changed_event",
        "instance_health_changed_event",
        "status_update_event",
    }
)
_APPS = f"/v2/apps?label={LABEL}&embed=apps.tasks"
_EVENTS = "/v2/events?plan-format=light"
# Marathon says something at least that often (event_stream_attached, or a heartbeat).
_SILENCE_SECONDS = 120.0


class Marathon:
    """Apps of a region.

    :param access: Marathon's API.
    :param backends: what apps may be labelled with → backend.
    """

    name = "marathon"

    def __init__(
        self, access: Access, backends: Mapping[str, str], resolve: names.Resolve = names.resolve
    ) -> None:
        self._access = access
        self._backends = backends
        self._resolve = resolve

    def wanted(self) -> Wanted:
        """Ask once.

        :raises DiscoveryError: it does not answer, or not as expected.
        """
        answer = self._access.get(_APPS)
        found: dict[str, list[Endpoint]] = {}
        for label, endpoint in endpoints(answer, self._backends, self._resolve):
            found.setdefault(self._backends[label], []).append(endpoint)
        return found

    def events(self) -> Iterator[str]:
        """Yield events after which it is worth asking, until the stream ends.

        :raises DiscoveryError: there is no such stream, or it broke.
        """
        for event in self._access.events(_EVENTS, _SILENCE_SECONDS):
            if event in EVENTS:
                yield event


def endpoints(answer: Any, labels: Collection[str], resolve: names.Resolve) -> Iterator[tuple[str, Endpoint]]:
    """Yield label and place of each running task that is not known to be ill.

    :param answer: what Marathon answered to a question for its apps with their tasks.
    :param labels: those that there are backends for; other apps are none of ours.
    :raises DiscoveryError: it is something else, or an app's port index is none.
    """
    apps = answer.get("apps") if isinstance(answer, dict) else None
    if not isinstance(apps, list):
        raise DiscoveryError("Marathon answers /v2/apps without a list of apps")
    for app in apps:
        own = app.get("labels") or {}
        if own.get(LABEL) not in labels:
            continue
        index = _index(app, own.get(PORT_LABEL, "0"))
        for task in app.get("tasks") or []:
            ports = task.get("ports") or []
            if _well(task) and index < len(ports):
                yield own[LABEL], names.endpoint(str(task.get("host")), ports[index], resolve)


def _index(app: Mapping[str, Any], text: Any) -> int:
    if not str(text).isdigit():
        raise DiscoveryError(
            f"Marathon app {app.get('id')}: label {PORT_LABEL} is {text!r}, expected 0, 1, …"
        )
    return int(text)


def _well(task: Mapping[str, Any]) -> bool:
    checks = task.get("healthCheckResults") or []
    return task.get("state") == "TASK_RUNNING" and all(check.get("alive", True) for check in checks)
