"""Command line: ``kafka-scheduler scheduler …`` runs a scheduler, all else asks one."""

import logging
import os
import signal
import sys
import threading
from types import FrameType

from meridian.errors import MeridianError

from kafka_scheduler import settings as scheduler_settings
from kafka_scheduler.settings import SchedulerSettings

log = logging.getLogger("kafka-scheduler")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    :return: 0 when all is well, 1 on an error.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] != ["scheduler"]:
        from kafka_scheduler.cli.main import main as ask

        return ask(given)
    try:
        settings = scheduler_settings.load(given[1:])
        _log_to(settings)
        return serve(settings)
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


def serve(settings: SchedulerSettings) -> int:
    """Run a scheduler until it is told to stop, or must not go on: who started it starts it again.

    :return: 0 when it was told to; 1 when it stepped down.
    :raises MeridianError: it cannot begin.
    """
    from kafka_scheduler.scheduler import Scheduler

    ended = threading.Event()
    problems: list[MeridianError] = []

    def fatal(error: MeridianError) -> None:
        problems.append(error)
        ended.set()

    def stop(number: int, _: FrameType | None) -> None:
        log.info("%s: stopping; brokers go on running", signal.Signals(number).name)
        ended.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)
    scheduler = Scheduler(settings, fatal, ended.set)
    scheduler.start()
    ended.wait()
    if problems:
        log.error("stepping down: %s", problems[0])
        logging.shutdown()
        # At once: nothing that still runs here may reach Mesos after another has begun to lead.
        os._exit(1)
    scheduler.stop()
    return 0
