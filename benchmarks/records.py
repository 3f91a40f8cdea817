"""Records of 1 KB as the benchmarks send them: flights' shape, so that the filter has a value to read."""

import os
import time
from collections.abc import Callable

from confluent_kafka import Consumer, Producer
from meridian.common import paths
from meridian.salt_api import master
from meridian.salt_api.pillar_files import load_topology
from meridian.topology.model import Topology
from meridian.verification import reading
from meridian.verification.delivery import Deliveries

SIZE = 1024
_VARIANTS = 64


def topology(environment: str) -> Topology:
    """Expand the environment under test."""
    os.environ.setdefault("SALT_CONFIG_DIR", str(paths.repository()))
    return load_topology(master.options(), environment)


def values() -> list[bytes]:
    """Return values of 1,024 bytes that the default filter lets pass, and that do not compress to nothing."""
    found = []
    for number in range(_VARIANTS):
        head = f'{{"dep_delay":{16 + number},"carrier":"UA","noise":"'.encode()
        noise = os.urandom((SIZE - len(head) - 2) // 2).hex().encode()
        found.append((head + noise).ljust(SIZE - 2, b"0") + b'"}')
    return found


def send(
    producer: Producer,
    topic: str,
    count: int,
    rate: float = 0,
    run: str = "",
    now: Callable[[], float] = time.monotonic,
) -> float:
    """Produce records.

    :param rate: records per second; 0 for as fast as they are taken.
    :param run: value of the header ``run``.
    :return: seconds until all were acknowledged.
    """
    deliveries, payload = Deliveries(), values()
    headers: list[tuple[str, str | bytes | None]] = [("run", run.encode())]
    started = now()
    for number in range(count):
        while True:
            try:
                producer.produce(
                    topic,
                    payload[number % _VARIANTS],
                    b"%d" % number,
                    headers=headers,
                    on_delivery=deliveries.report,
                )
                break
            except BufferError:
                producer.poll(0.05)
        if rate and number % 256 == 0:
            producer.poll(0)
            ahead = number / rate - (now() - started)
            if ahead > 0:
                time.sleep(ahead)
    deliveries.finish([producer])
    return now() - started


def records_in(consumer: Consumer, topic: str, start: dict[int, int]) -> int:
    """Return how far a topic has grown, in offsets: transaction markers count too."""
    return sum(end - start.get(number, 0) for number, end in reading.ends(consumer, topic).items())
