"""What a mirror flow carries with the filter and without: records of 1 KB that all pass it.

.platform/venv/bin/python benchmarks/mirror.py [--environment local] [--source us-east] [--records 600000]

A topic of its own is filled; then MirrorMaker 2 is set on it as a flow like any other, without a filter and
with the source region's own, and timed from its first record at the target to its last. Flows and topics are
removed again.
"""

import argparse
import json
import subprocess
import time
from typing import Any

from confluent_kafka.admin import NewTopic
from meridian.common import paths
from meridian.topology.model import Topology
from meridian.verification import clients, reading
from records import SIZE, records_in, send, topology

_PATIENCE = 180.0


def main() -> None:
    """Run the benchmark and print its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--environment", default="local")
    parser.add_argument("--source", default="us-east")
    parser.add_argument("--records", type=int, default=600_000)
    options = parser.parse_args()
    whole = topology(options.environment)
    flow = next(flow for flow in whole.flows if flow.source == options.source)
    topic = f"bench-{int(time.time())}"
    source = clients.admin(whole, whole.region(flow.source))
    settings = {"retention.ms": "-1", "min.insync.replicas": "2"}
    source.create_topics([NewTopic(topic, 6, 3, config=settings)])[topic].result(30)
    rates: dict[str, float] = {}
    try:
        producer = clients.producer(whole, whole.region(flow.source))
        seconds = send(producer, topic, options.records)
        rate = options.records / seconds
        print(f"produced {options.records} records of {SIZE} B in {seconds:.1f} s: {rate:,.0f}/s")
        # Twice in turns: the second time the workers' code is compiled and the pages are warm.
        for name, rules in (("warm-up", None), ("without", None), ("with", flow.settings["filter"])):
            wanted = {
                **flow.settings,
                "filter": rules,
                "topics": [topic],
                "offset_sync": False,
                "heartbeats": False,
            }
            rates[name] = _timed(whole, flow.source, flow.target, topic, wanted, options.records, name)
            print(f"{name}: {rates[name]:,.0f} records/s", flush=True)
    finally:
        source.delete_topics([topic])[topic].result(30)
    print(f"with the filter: {100 * rates['with'] / rates['without']:.0f} % of what it carries without")


def _timed(
    whole: Topology, source: str, target: str, topic: str, settings: dict[str, Any], count: int, name: str
) -> float:
    """Return the records per second of one flow."""
    alias = f"{source}-{name}-{int(time.time())}"
    mirrored = f"{alias}.{topic}"
    node = whole.region(target).with_role("connect")[0].id
    flow = {
        **settings,
        "source": alias,
        "target": target,
        "source_bootstrap": whole.region(source).kafka_bootstrap_external,
        "target_bootstrap": whole.region(target).kafka_bootstrap_internal,
    }
    consumer = clients.consumer(whole, whole.region(target))
    _salt(node, "mirror.flow_present", alias, f"flow={json.dumps(flow)}")
    try:
        first, began = 0, 0.0
        deadline = time.monotonic() + _PATIENCE
        while True:
            there = records_in(consumer, mirrored, {})
            now = time.monotonic()
            if there and not began:
                first, began = there, now
            if there >= count:
                return (there - first) / (now - began)
            if now > deadline:
                raise SystemExit(f"{name}: {there} of {count} records after {_PATIENCE:.0f} s")
            time.sleep(0.1)
    finally:
        consumer.close()
        _salt(node, "mirror.remove", alias, f"confirm={alias}")
        if _exists(whole, target, mirrored):
            admin = clients.admin(whole, whole.region(target))
            admin.delete_topics([mirrored])[mirrored].result(30)


def _exists(whole: Topology, region: str, topic: str) -> bool:
    consumer = clients.consumer(whole, whole.region(region))
    try:
        return bool(reading.partitions(consumer, topic))
    finally:
        consumer.close()


def _salt(node: str, function: str, *arguments: str) -> None:
    salt = paths.state() / "venv" / "bin" / "salt"
    command = [str(salt), "-c", str(paths.repository()), "--out=json", "--static", node, function, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{function}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
