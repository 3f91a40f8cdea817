"""Command line of the daemon."""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from meridian.common.errors import MeridianError
from meridian.services.discovery import settings
from meridian.services.discovery.follower import Follower
from meridian.services.discovery.haproxy import RuntimeApi
from meridian.services.discovery.marathon import Marathon
from meridian.services.discovery.model import DiscoveryError

_RECONNECT_SECONDS = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    :return: 0 after an orderly end; 1 when the configuration is wrong.
    """
    parser = argparse.ArgumentParser(prog="meridian-discovery", description="Keeps the proxy up to date")
    parser.add_argument("--config", default=settings.CONFIG_FILE, help="default: %(default)s")
    options = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        configured = settings.load(Path(options.config))
    except MeridianError as error:
        print(f"meridian-discovery: {error}", file=sys.stderr)
        return 1
    stop = threading.Event()
    sources = [one for one in (configured.scheduler, configured.marathon) if one is not None]
    follower = Follower(
        sources,
        RuntimeApi(configured.socket),
        configured.known_file,
        configured.record_file,
        configured.poll_seconds,
    )

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()
        follower.wake.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if configured.marathon is not None:
        listening = (configured.marathon, follower.wake, stop)
        threading.Thread(target=_listen, args=listening, daemon=True).start()
    follower.run(stop)
    return 0


def _listen(marathon: Marathon, wake: threading.Event, stop: threading.Event) -> None:
    """Wake the daemon at Marathon's events. That the stream breaks is told by the questions that fail too."""
    while not stop.is_set():
        try:
            for _ in marathon.events():
                wake.set()
        except DiscoveryError:
            pass
        stop.wait(_RECONNECT_SECONDS)
