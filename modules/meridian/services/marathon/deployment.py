"""Waiting for what Marathon does, for as long as it was given."""

import time
from collections.abc import Iterable, Mapping

from meridian.common.errors import MeridianError
from meridian.services.marathon.client import MarathonClient
from meridian.services.marathon.reasons import why

_POLL = 0.5


def explain(client: MarathonClient, app_ids: Iterable[str]) -> dict[str, str]:
    """Return why apps are not running whole and healthy, by id; those that are, and those gone, left out."""
    waiting = {str((one.get("app") or {}).get("id")): one for one in client.queue()}
    told = {}
    for app_id in app_ids:
        app = client.app(app_id)
        if app is not None:
            reason = why(app, waiting.get(app_id), app.get("tasks") or [])
            if reason:
                told[app_id] = reason
    return told


def wait(client: MarathonClient, deployment: str, app_ids: Iterable[str], deadline: float = 300) -> None:
    """Wait until a deployment is done.

    :param deployment: its id; nothing is waited for when it is empty.
    :param app_ids: the apps that it changes.
    :param deadline: seconds to wait at most.
    :raises MeridianError: when it is not done in time, with why each app is not healthy. It goes on.
    """
    if not deployment:
        return
    end = time.monotonic() + deadline
    while any(one["id"] == deployment for one in client.deployments()):
        if time.monotonic() > end:
            told = _lines(explain(client, app_ids)) or "Marathon says no reason"
            raise MeridianError(
                f"deployment not done after {deadline:.0f} s: {told}. It goes on; "
                f"marathon.roll_back {deployment} takes it back"
            )
        time.sleep(_POLL)


def wait_healthy(client: MarathonClient, app_ids: Iterable[str], deadline: float = 300) -> None:
    """Wait until all tasks of apps run and are healthy.

    :raises MeridianError: when they are not in time, with why.
    """
    apps = list(app_ids)
    end = time.monotonic() + deadline
    while unwell := explain(client, apps):
        if time.monotonic() > end:
            raise MeridianError(f"not healthy after {deadline:.0f} s: {_lines(unwell)}")
        time.sleep(_POLL)


def wait_ready(client: MarathonClient, url: str, deadline: float = 120) -> None:
    """Wait until one instance answers and knows a leader.

    :raises MeridianError: when it does not in time.
    """
    end = time.monotonic() + deadline
    while not client.healthy(url):
        if time.monotonic() > end:
            raise MeridianError(
                f"Marathon at {url} has no leader after {deadline:.0f} s: does ZooKeeper answer? "
                "see journalctl -u meridian-marathon there"
            )
        time.sleep(_POLL)


def _lines(told: Mapping[str, str]) -> str:
    return "; ".join(f"{app_id}: {reason}" for app_id, reason in sorted(told.items()))
