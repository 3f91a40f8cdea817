"""A few threads that talk to the object store, and the patience for when it does not answer."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from confluent_kafka import KafkaException
from meridian.services.archive.store import StoreError

from archiver.partition import Partition

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0


class Workers:
    """Runs one job per partition at a time; all results are handed over on the caller's own thread.

    After a failure nothing is started for a while: half a second at first, twice as long each time, half a
    minute at most.

    :ivar problem: what went wrong last, empty when the last job was a success.
    """

    def __init__(self, count: int) -> None:
        self.problem = ""
        self._count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="store")
        self._jobs: list[tuple[Future[Any], Partition, Callable[[Any], None]]] = []
        self._delay = _FIRST_DELAY
        self._resume_at = 0.0

    def available(self, now: float) -> bool:
        """Return whether a job would be started now."""
        return len(self._jobs) < self._count and now >= self._resume_at

    @property
    def idle(self) -> bool:
        """Whether no job is under way."""
        return not self._jobs

    def submit(self, partition: Partition, job: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Start a job.

        :param job: runs on a thread of its own.
        :param then: called by :meth:`collect` with its result, unless it failed.
        """
        partition.busy = True
        self._jobs.append((self._pool.submit(job), partition, then))

    def collect(self, now: float) -> None:
        """Hand over the results of finished jobs.

        :raises Exception: what a job raised, when it is nothing that passes by itself.
        """
        finished = [job for job in self._jobs if job[0].done()]
        self._jobs = [job for job in self._jobs if not job[0].done()]
        for future, partition, then in finished:
            partition.busy = False
            try:
                result = future.result()
            except (StoreError, KafkaException) as error:
                self.failed(error, now)
                continue
            self.succeeded()
            then(result)

    def failed(self, error: StoreError | KafkaException, now: float) -> None:
        """Note a failure: nothing is started for a while."""
        self.problem = str(error) if isinstance(error, StoreError) else f"Kafka: {error.args[0].str()}"
        if now >= self._resume_at:
            self._resume_at = now + self._delay
            self._delay = min(self._delay * 2, _LONGEST_DELAY)

    def succeeded(self) -> None:
        """Note a success."""
        self.problem, self._delay, self._resume_at = "", _FIRST_DELAY, 0.0

    def close(self) -> None:
        """Let go of the threads; jobs that are not started never will be."""
        self._pool.shutdown(wait=False, cancel_futures=True)
