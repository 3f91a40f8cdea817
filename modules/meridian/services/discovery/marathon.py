"""Marathon: apps that say by a label which of the proxy's backends leads to them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from meridian.services.discovery.asked import Asked, entries
from meridian.services.discovery.model import DiscoveryError

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
_EVENTS = "/v2/events?plan-format=light"
# Marathon says something at least that often (event_stream_attached, or a heartbeat).
_SILENCE_SECONDS = 120.0


class Marathon(Asked):
    """Apps of a region; a label is the value of theirs of that name."""

    name = "marathon"
    question = f"/v2/apps?label={LABEL}&embed=apps.tasks"

    def events(self) -> Iterator[str]:
        """Yield events after which it is worth asking, until the stream ends.

        :raises DiscoveryError: there is no such stream, or it broke.
        """
        for event in self._access.events(_EVENTS, _SILENCE_SECONDS):
            if event in EVENTS:
                yield event

    @staticmethod
    def places(answer: Any, labels: Collection[str]) -> Iterator[tuple[str, str, object]]:
        """Yield where each running task is that is not known to be ill.

        :raises DiscoveryError: the answer is something else, or an app's port index is none.
        """
        for app in entries(answer, "apps", "Marathon"):
            own = app.get("labels") or {}
            if own.get(LABEL) not in labels:
                continue
            index = _index(app, own.get(PORT_LABEL, "0"))
            for task in app.get("tasks") or []:
                ports = task.get("ports") or []
                if _well(task) and index < len(ports):
                    yield own[LABEL], str(task.get("host")), ports[index]


def _index(app: Mapping[str, Any], text: Any) -> int:
    if not str(text).isdigit():
        raise DiscoveryError(
            f"Marathon app {app.get('id')}: label {PORT_LABEL} is {text!r}, expected 0, 1, …"
        )
    return int(text)


def _well(task: Mapping[str, Any]) -> bool:
    checks = task.get("healthCheckResults") or []
    return task.get("state") == "TASK_RUNNING" and all(check.get("alive", True) for check in checks)
