"""Waiting until minions answer."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import salt.client
import salt.utils.event
from salt.exceptions import SaltException

from meridian.common.errors import MeridianError

# A minion that was not there yet when asked is asked again after this long.
_ASK_SECONDS = 3.0


class Listener:
    """Hears which minions live: by their start event or by any answer.

    :param opts: the master's options.
    """

    def __init__(self, opts: Mapping[str, Any]) -> None:
        self._opts = dict(opts)
        self._bus = salt.utils.event.get_master_event(self._opts, self._opts["sock_dir"], listen=True)
        self._bus.subscribe("salt/")

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self._bus.destroy()

    def silent(
        self,
        minions: Iterable[str],
        deadline: float,
        heard: Callable[[str], None] = lambda minion: None,
    ) -> list[str]:
        """Wait until all minions were heard of, and return those that were not.

        :param minions: minion ids.
        :param deadline: seconds to wait at most.
        :param heard: told each minion once.
        :raises MeridianError: the master does not take the question.
        """
        pending = set(minions)
        until = time.monotonic() + deadline
        ask_at = 0.0
        while pending and time.monotonic() < until:
            if time.monotonic() >= ask_at:
                self._ask(pending)
                ask_at = time.monotonic() + _ASK_SECONDS
            event = self._bus.get_event(wait=0.5, full=True)
            minion = _speaker(event)
            if minion in pending:
                pending.discard(minion)
                heard(minion)
        return sorted(pending)

    def _ask(self, minions: Iterable[str]) -> None:
        try:
            with salt.client.get_local_client(mopts=self._opts) as client:
                client.run_job(sorted(minions), "test.ping", tgt_type="list", listen=False)
        except SaltException as error:
            raise MeridianError(" ".join(str(error).split())) from error


def _speaker(event: Mapping[str, Any] | None) -> str:
    """Return the minion that an event proves alive, empty for any other event."""
    if not event:
        return ""
    parts = event["tag"].split("/")
    if parts[:2] == ["salt", "minion"] and parts[-1] == "start":
        return "/".join(parts[2:-1])
    if parts[:2] == ["salt", "job"] and len(parts) > 4 and parts[3] == "ret":
        return "/".join(parts[4:])
    return ""
