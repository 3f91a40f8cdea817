"""The daemon: ask who knows, tell the proxy, remember."""

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from meridian.services.discovery import changes, haproxy, memory
from meridian.services.discovery.model import DiscoveryError, Endpoint, Source

log = logging.getLogger("discovery")

# The proxy is looked at more often than the sources are asked: it may have been started anew.
_LOOK_SECONDS = 1.0


class Follower:
    """Follows sources until it is told to stop.

    Once around: 1. Ask each source that is due; one that fails, or knows of no server, leaves what is known
    as it is. 2. Compare with what the proxy has now. 3. Tell it the difference. 4. Write down what is known,
    and the proxy's own record of its servers, which it starts with when it is started or reloaded.

    :param sources: who is asked.
    :param proxy: who is told.
    :param known_file: where the last known servers are kept.
    :param record_file: where the proxy looks for its own record.
    :param seconds: time between two questions to a source, unless :attr:`wake` is set.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        proxy: haproxy.RuntimeApi,
        known_file: Path,
        record_file: Path,
        seconds: float,
    ) -> None:
        self._sources = sources
        self._proxy = proxy
        self._known_file = known_file
        self._record_file = record_file
        self._seconds = seconds
        self._known: dict[str, list[Endpoint]] = {}
        self._saved: dict[str, list[Endpoint]] = {}
        self._record = ""
        self._problems: dict[str, str] = {}
        self._due = 0.0
        #: Set by whoever learns that servers may have moved.
        self.wake = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop."""
        self.recall()
        while not stop.is_set():
            self.look()
            self.wake.wait(_LOOK_SECONDS)

    def recall(self) -> None:
        """Begin with what was known last."""
        try:
            self._known = memory.load(self._known_file)
            self._saved = dict(self._known)
        except DiscoveryError as error:
            log.warning("%s", error)

    def look(self) -> None:
        """Go around once."""
        if self.wake.is_set() or time.monotonic() >= self._due:
            self.wake.clear()
            self._due = time.monotonic() + self._seconds
            for source in self._sources:
                self._ask(source)
        try:
            self._remember(self._tell())
            self._problem("proxy", "")
        except DiscoveryError as error:
            self._problem("proxy", str(error))

    def _ask(self, source: Source) -> None:
        try:
            wanted = source.wanted()
        except DiscoveryError as error:
            self._problem(source.name, str(error))
            return
        self._problem(source.name, "")
        for backend, endpoints in wanted.items():
            if endpoints:
                self._known[backend] = sorted(set(endpoints))

    def _tell(self) -> str:
        """Tell the proxy what is to change; return its record."""
        record = self._proxy.state()
        todo = changes.needed(self._known, haproxy.parse(record))
        self._problem("slots", "; ".join(f"no slot is left for {one}" for one in todo.left_out))
        if not todo:
            return record
        self._proxy.run(todo.commands)
        record = self._proxy.state()
        if left := changes.needed(self._known, haproxy.parse(record)).commands:
            raise DiscoveryError(f"the proxy did not take '{left[0]}', and says nothing")
        for one in todo.added:
            log.info("%s is there", one)
        for one in todo.removed:
            log.info("%s is gone", one)
        return record

    def _remember(self, record: str) -> None:
        if self._known != self._saved:
            memory.save(self._known_file, self._known)
            self._saved = dict(self._known)
        if _stable(record) != self._record:
            memory.write(self._record_file, record)
            self._record = _stable(record)

    def _problem(self, where: str, problem: str) -> None:
        """Log a problem once, and its end."""
        before = self._problems.get(where, "")
        self._problems[where] = problem
        if problem and problem != before:
            log.warning("%s", problem)
        elif before and not problem:
            log.info("%s: well again", where)


def _stable(state: str) -> str:
    """Return what of the proxy's record is worth writing it anew: where servers are, and whether in use."""
    return "\n".join(
        f"{slot.backend}/{slot.name} {slot.endpoint} {slot.ready}" for slot in haproxy.parse(state)
    )
