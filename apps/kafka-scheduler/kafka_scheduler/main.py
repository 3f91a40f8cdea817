"""Command line: ``kafka-scheduler scheduler …`` runs a scheduler, all else asks one.

``kafka-scheduler elasticsearch scheduler [<file>]`` runs the one of Elasticsearch.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Protocol

from meridian.common.errors import MeridianError

from kafka_scheduler import settings as scheduler_settings
from kafka_scheduler.settings import SchedulerSettings

log = logging.getLogger("kafka-scheduler")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    :return: 0 when all is well, 1 on an error.
    """
    given = sys.argv[1:] if arguments is None else arguments
    elastic = given[:2] == ["elasticsearch", "scheduler"]
    if given[:1] != ["scheduler"] and not elastic:
        from kafka_scheduler.cli.main import main as ask

        return ask(given)
    try:
        if elastic:
            return _elasticsearch(given[2:])
        settings = scheduler_settings.load(given[1:])
        _log_to(settings)
        from kafka_scheduler.scheduler import Scheduler

        return serve(lambda fatal, stop: Scheduler(settings, fatal, stop))
    except MeridianError as error:
        print(f"kafka-scheduler: {error}", file=sys.stderr)
        return 1


def _log_to(settings: SchedulerSettings) -> None:
    form = "%(asctime)s %(levelname)s %(message)s"
    level = logging.DEBUG if settings.debug else logging.INFO
    try:
        logging.basicConfig(filename=settings.log or None, level=level, format=form)
    except OSError as error:
        raise MeridianError(f"--log {settings.log}: {error.strerror}") from error
    # Its own words about each packet would be most of the log.
    logging.getLogger("kazoo").setLevel(logging.INFO if settings.debug else logging.WARNING)


def _elasticsearch(arguments: list[str]) -> int:
    from kafka_scheduler.elasticsearch import settings as elastic_settings
    from kafka_scheduler.elasticsearch.scheduler import Scheduler

    if len(arguments) > 1 or (arguments[:1] and arguments[0].startswith("-")):
        raise MeridianError("expected: kafka-scheduler elasticsearch scheduler [<properties file>]")
    settings = elastic_settings.load(*map(Path, arguments))
    _log_to(settings.scheduler)
    return serve(lambda fatal, stop: Scheduler(settings, fatal, stop))


class Served(Protocol):
    """A scheduler instance."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End in an orderly way."""


def serve(make: Callable[[Callable[[MeridianError], None], Callable[[], None]], Served]) -> int:
    """Run a scheduler until it is told to stop, or must not go on: who started it starts it again.

    :param make: makes it; is given what to tell when it must not go on, and what ends it.
    :return: 0 when it was told to; 1 when it stepped down.
    :raises MeridianError: it cannot begin.
    """
    ended = threading.Event()
    problems: list[MeridianError] = []

    def fatal(error: MeridianError) -> None:
        problems.append(error)
        ended.set()

    def stop(number: int, _: FrameType | None) -> None:
        log.info("%s: stopping; tasks go on running", signal.Signals(number).name)
        ended.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)
    scheduler = make(fatal, ended.set)
    scheduler.start()
    ended.wait()
    if problems:
        log.error("stepping down: %s", problems[0])
        logging.shutdown()
        # At once: nothing that still runs here may reach Mesos after another has begun to lead.
        os._exit(1)
    scheduler.stop()
    return 0
