"""Command line of the supervisor."""

import argparse
import logging
import signal
import sys
import threading
from typing import Any

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.connect.supervisor import numbers, service
from meridian.services.connect.supervisor.rest import OwnWorker
from meridian.services.connect.supervisor.supervision import Supervision
from meridian.services.daemon import report
from meridian.services.daemon.metrics import Metrics

NAME = "connect-supervisor"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    :return: 0 after an orderly end; 1 when the address of the metrics is taken.
    """
    parser = argparse.ArgumentParser(prog=f"meridian-{NAME}", description="Restarts what fails in Connect")
    parser.add_argument("worker", help="host:port of this node's worker, its id in the group")
    parser.add_argument("--status", required=True, help="file to write what was seen to, as JSON")
    parser.add_argument("--metrics", default="", help="host:port that serves metrics; default: none")
    parser.add_argument("--poll", type=float, default=2.0, help="seconds between two looks; default: 2")
    options = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        metrics = Metrics(options.metrics, numbers.text)
    except MeridianError as error:
        print(f"meridian-{NAME}: {error}", file=sys.stderr)
        return 1

    def tell(facts: dict[str, Any]) -> None:
        metrics.facts = facts
        report.write(options.status, facts)

    worker = OwnWorker(options.worker, Tls.of_service(NAME))
    service.run(worker, Supervision(options.worker), tell, stop, options.poll)
    metrics.close()
    return 0
