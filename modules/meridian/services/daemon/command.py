"""The command line of a service that works with Kafka."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from confluent_kafka import KafkaException

from meridian.common.errors import MeridianError


def run(name: str, act: Callable[[], int]) -> int:
    """Run a command, logging to standard error.

    :param name: of the service; begins the line that tells an error.
    :return: what the command returns; 1 when it raises an error of ours or of Kafka's.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        return act()
    except MeridianError as error:
        print(f"{name}: {error}", file=sys.stderr)
    except KafkaException as error:
        print(f"{name}: Kafka: {error.args[0].str()}", file=sys.stderr)
    return 1


def stop_event(log: logging.Logger, doing: str) -> threading.Event:
    """Return what SIGTERM and SIGINT set from now on.

    :param doing: what the service does then, for its log.
    """
    stop = threading.Event()

    def end(number: int, _: FrameType | None) -> None:
        log.info("%s: %s", signal.Signals(number).name, doing)
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop
