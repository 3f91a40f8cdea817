"""The one thread that changes the state: takes events and commands, stores, then acts."""

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from meridian.common.errors import MeridianError

from kafka_scheduler.core import codec, story
from kafka_scheduler.core.engine import handle
from kafka_scheduler.core.state import Action, Call, Event, Save, Service, Settings, State, Tick
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.storage.base import Storage, StorageError

log = logging.getLogger("kafka-scheduler")

_TICK_SECONDS = 1.0
# A storage that is away for longer than this ends the scheduler, so nobody waits longer for an answer.
_COMMAND_SECONDS = 60.0
_Answer = TypeVar("_Answer")


class _Command:
    """A change that another thread waits for."""

    def __init__(self, change: Callable[[Turn], Any]) -> None:
        self.change = change
        self.done = threading.Event()
        self.answer: Any = None
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.done.set()


def new_id() -> str:
    """Return an id that was never there."""
    return uuid.uuid4().hex[:12]


class Loop:
    """Runs the engine.

    :param send: sends a call to Mesos; tells whether it was taken.
    :param fatal: told, once, that it cannot go on.
    """

    def __init__(
        self,
        settings: Settings,
        service: Service,
        storage: Storage,
        send: Callable[[Call], bool],
        fatal: Callable[[MeridianError], None],
    ) -> None:
        self._settings = settings
        self._service = service
        self._storage = storage
        self._send = send
        self._fatal = fatal
        self._queue: queue.SimpleQueue[Event | _Command | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._ended = False
        self._next_tick = 0.0
        self.state = State()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        """Load the state and begin."""
        self.state = codec.load(self._storage.load(), self._service)
        self._thread.start()

    def close(self) -> None:
        """End after what is under way."""
        self._queue.put(None)
        self._thread.join(timeout=_COMMAND_SECONDS)

    def post(self, event: Event) -> None:
        """Hand over an event."""
        self._queue.put(event)

    def run(self, change: Callable[[Turn], _Answer]) -> _Answer:
        """Have a change made, and wait until it is stored.

        :raises MeridianError: what the change raised, then nothing is changed; or the scheduler has ended.
        """
        command = _Command(change)
        if self._ended:
            raise MeridianError("this scheduler has ended; ask the leader")
        self._queue.put(command)
        if not command.done.wait(_COMMAND_SECONDS):
            raise MeridianError(f"the scheduler did not answer within {_COMMAND_SECONDS:.0f} s")
        if command.error is not None:
            raise command.error
        return command.answer

    def wait(self, until: Callable[[State], bool], timeout: float) -> bool:
        """Wait for a state; tell whether it came."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not until(self.state):
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    return False
                self._changed.wait(min(left, _TICK_SECONDS))
        return True

    def _run(self) -> None:
        try:
            while True:
                timeout = max(0.0, self._next_tick - time.monotonic())
                try:
                    item = self._queue.get(timeout=timeout) if timeout else self._queue.get_nowait()
                except queue.Empty:
                    item = Tick()
                    self._next_tick = time.monotonic() + _TICK_SECONDS
                if item is None:
                    break
                self._take(item)
        except MeridianError as error:
            self._fatal(error)
        except Exception as error:
            log.exception("the engine failed")
            self._fatal(MeridianError(f"the engine failed: {error!r}"))
        finally:
            self._end()

    def _end(self) -> None:
        self._ended = True
        with self._changed:
            self._changed.notify_all()
        while not self._queue.empty():
            item = self._queue.get()
            if isinstance(item, _Command):
                item.fail(MeridianError("this scheduler has ended; ask the leader"))

    def _take(self, item: Event | _Command) -> None:
        turn = Turn(self.state, time.time(), self._settings, self._service, new_id)
        if not isinstance(item, _Command):
            handle(turn, item)
            self._act(*turn.finish())
            return
        try:
            item.answer = item.change(turn)
            self._act(*turn.finish())
        except StorageError as error:
            item.fail(error)
            raise
        except MeridianError as error:
            item.fail(error)
        except Exception as error:
            # A defect in one request is no reason to end; nothing is changed by it.
            log.exception("a command failed")
            item.fail(error)
        else:
            item.done.set()

    def _act(self, state: State, actions: tuple[Action, ...]) -> None:
        """Store first: what is not stored must not happen."""
        for one in actions:
            if isinstance(one, Save):
                self._storage.save(one.changes)
        if state is not self.state:
            for line in story.tell(self.state, state):
                log.info("%s", line)
            with self._changed:
                self.state = state
                self._changed.notify_all()
        for one in actions:
            if isinstance(one, Call):
                self._send(one)
