"""Records of 1 KB at a steady rate: produce, filter, centre, the archivers keeping up, all else running.

.platform/venv/bin/python benchmarks/end_to_end.py [--environment local] [--rate 12000] [--seconds 60]

They go into the flights' topic of one region, through its real flow, and are read in the centre meanwhile,
told by a header of their own. Printed: what arrived, how long after the last was sent, the archivers' lag.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

from confluent_kafka import Consumer
from meridian.common import paths
from meridian.services.archive import status
from meridian.verification import carried, clients, reading
from records import SIZE, send, topology

_PATIENCE = 60.0


def main() -> None:
    """Run the benchmark and print its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--environment", default="local")
    parser.add_argument("--source", default="us-east")
    parser.add_argument("--rate", type=float, default=12_000)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    whole = topology(options.environment)
    topic = whole.settings["verification"]["flights"]["topic"]
    flow = next(flow for flow in carried.flows(whole, topic) if flow.source == options.source)
    run, count = f"bench-{int(time.time())}", int(options.rate * options.seconds)
    consumer = clients.consumer(whole, whole.region(flow.target))
    mirrored = carried.arrives_as(flow, topic)
    start = reading.ends(consumer, mirrored)
    with ThreadPoolExecutor(max_workers=1) as pool:
        reader = pool.submit(_read, consumer, mirrored, start, run, count)
        began = time.monotonic()
        sent = send(clients.producer(whole, whole.region(flow.source)), topic, count, options.rate, run)
        lag = {name: row["lag_records"] for name, row in _archive(whole).items()}
        print(f"sent {count} records of {SIZE} B in {sent:.1f} s: {count / sent:,.0f}/s")
        print(f"archivers' lag then: {lag}")
        arrived, ended = reader.result()
    consumer.close()
    seconds = ended - began
    print(
        f"{arrived} of {count} in the centre {seconds - sent:.1f} s after the last was sent: "
        f"{arrived / seconds:,.0f}/s end to end"
    )
    lag = {name: row["lag_records"] for name, row in _archive(whole).items()}
    print(f"archivers' lag then: {lag}")


def _read(consumer: Consumer, topic: str, start: reading.Offsets, run: str, count: int) -> tuple[int, float]:
    """Return how many records of the run came, and when the last did."""
    arrived, last = 0, time.monotonic()
    for message in reading.follow(consumer, topic, start, _PATIENCE):
        if reading.header(message, "run") == run.encode():
            arrived, last = arrived + 1, time.monotonic()
            if arrived == count:
                break
    return arrived, last


def _archive(whole: object) -> dict[str, dict[str, object]]:
    return status.of_topology(whole, paths.secrets(whole.environment))  # type: ignore[arg-type,attr-defined]


if __name__ == "__main__":
    main()
