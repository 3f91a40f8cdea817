"""Records of 1 KB at a steady rate: produce, filter, centre, the archivers keeping up, all else running.

.platform/venv/bin/python benchmarks/end_to_end.py [--environment local] [--rate 11600] [--seconds 60]

They go into the flights' topic of one region, through its real flow, and are counted in the centre by a
header of their own. Printed: what arrived, how long after the last was sent, and the archivers' lag then.
"""

import argparse
import time

from meridian import paths
from meridian.archive import status
from meridian.verification import carried, clients, reading
from records import SIZE, send, topology

_PATIENCE = 60.0


def main() -> None:
    """Run the benchmark and print its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--environment", default="local")
    parser.add_argument("--source", default="us-east")
    parser.add_argument("--rate", type=float, default=11_600)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    whole = topology(options.environment)
    topic = whole.settings["verification"]["flights"]["topic"]
    flow = next(flow for flow in carried.flows(whole, topic) if flow.source == options.source)
    run, count = f"bench-{int(time.time())}", int(options.rate * options.seconds)
    consumer = clients.consumer(whole, whole.region(flow.target))
    mirrored = carried.arrives_as(flow, topic)
    start = reading.ends(consumer, mirrored)
    sent = send(clients.producer(whole, whole.region(flow.source)), topic, count, options.rate, run)
    sent_at = time.monotonic()
    lag = {name: row["lag_records"] for name, row in _archive(whole).items()}
    print(
        f"sent {count} records of {SIZE} B in {sent:.1f} s: {count / sent:,.0f}/s; archivers' lag then: {lag}"
    )
    arrived = 0
    for message in reading.follow(consumer, mirrored, start, _PATIENCE):
        arrived += reading.header(message, "run") == run.encode()
        if arrived == count:
            break
    late = time.monotonic() - sent_at
    consumer.close()
    # Reading them again out of the centre takes its time too: the rate is a lower bound.
    rate = arrived / (sent + late)
    print(f"{arrived} of {count} in the centre {late:.1f} s after the last was sent: {rate:,.0f}/s")
    lag = {name: row["lag_records"] for name, row in _archive(whole).items()}
    print(f"archivers' lag then: {lag}")


def _archive(whole: object) -> dict[str, dict[str, object]]:
    return status.of_topology(whole, paths.secrets(whole.environment))  # type: ignore[arg-type,attr-defined]


if __name__ == "__main__":
    main()
