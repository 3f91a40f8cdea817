"""The Kafka scheduler's numbers: offers of 1,000 agents matched, and memory with 300 brokers and REST.

.platform/venv/bin/python benchmarks/scheduler.py [--agents 1000] [--brokers 300]

Matching is timed for brokers that all find a place, and for brokers of which none does, so that each agent
gives its reason to each. Memory is that of a process of its own: the whole scheduler, REST served, when the
brokers run and all were asked for once.
"""

import argparse
import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

REPOSITORY = Path(__file__).parents[1]
_PATH = [str(REPOSITORY / "apps" / "kafka-scheduler"), str(REPOSITORY / "modules")]
_INSIDE = "--inside"


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--brokers", type=int, default=300)
    parser.add_argument(_INSIDE, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options.agents, options.brokers)
        return
    command = [
        sys.executable,
        __file__,
        _INSIDE,
        f"--agents={options.agents}",
        f"--brokers={options.brokers}",
    ]
    # The scheduler's own modules only: what a virtual environment has besides is no part of it.
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": ":".join(_PATH)})


def offers(agents: int, cpus: float = 16.0) -> list[dict[str, Any]]:
    """Return what a master sends for so many agents."""
    allocation = {"allocation_info": {"role": "kafka"}}
    return [
        {
            "id": {"value": f"offer-{number}"},
            "agent_id": {"value": f"0b7a1c5e-6a8e-4d0c-8f49-{number:012d}-S{number}"},
            "hostname": f"agent-{number}.zone-{number % 3}.example",
            "url": {"scheme": "https", "address": {"hostname": f"agent-{number}", "port": 5051}},
            "attributes": [
                {"name": "region", "type": "TEXT", "text": {"value": "eu"}},
                {"name": "zone", "type": "TEXT", "text": {"value": f"eu-{number % 3}"}},
                {"name": "role", "type": "TEXT", "text": {"value": "kafka"}},
            ],
            "resources": [
                {"name": "cpus", "type": "SCALAR", "scalar": {"value": cpus}, **allocation},
                {"name": "mem", "type": "SCALAR", "scalar": {"value": 65536.0}, **allocation},
                {"name": "disk", "type": "SCALAR", "scalar": {"value": 2000000.0}, **allocation},
                {
                    "name": "ports",
                    "type": "RANGES",
                    "ranges": {"range": [{"begin": 9000, "end": 9999}, {"begin": 31000, "end": 32000}]},
                    **allocation,
                },
            ],
        }
        for number in range(agents)
    ]


def resident() -> float:
    """Return MiB of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 2**20


def inside(agents: int, brokers: int) -> None:
    """Measure, in a process that has loaded nothing but the scheduler."""
    from kafka_scheduler.core.state import Offers, Subscribed, Updated
    from kafka_scheduler.core.updates import Status
    from kafka_scheduler.mesos import events
    from kafka_scheduler.scheduler import Scheduler
    from kafka_scheduler.settings import SchedulerSettings

    sent: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.write_text("benchmark", encoding="utf-8")
        settings = SchedulerSettings(
            api="http://127.0.0.1:0",
            api_secret_file=str(secret),
            master="127.0.0.1:1",
            storage=f"file:{folder}/state.json",
            framework_role="kafka",
            launcher="/etc/meridian/kafka/broker task",
        )
        scheduler = Scheduler(settings, lambda error: sys.exit(str(error)), lambda: None)
        scheduler.start()
        parts = _parts(scheduler)
        loop = parts.loop
        parts.mesos.close()
        # What would go to the master stays here.
        loop._send = lambda call: sent.append(call.kind) or True
        loop.post(Subscribed("benchmark"))
        wanted = {"cpus": "2", "mem": "8192", "heap": "4096", "volume": "data:500G", "options": "rack=$zone"}
        wanted["constraints"] = "hostname=unique,zone=groupBy"
        _ask(scheduler, "/api/broker/add", broker=f"0..{brokers - 1}", **wanted)
        _ask(scheduler, "/api/broker/start", broker="*", timeout="0s")

        for label, cpus in (("none fits", 1.0), ("all fit", 16.0)):
            text = json.dumps({"type": "OFFERS", "offers": {"offers": offers(agents, cpus)}})
            began = time.perf_counter()
            event = events.parse(json.loads(text))
            parsed = time.perf_counter() - began
            assert isinstance(event, Offers)
            counted = loop.state.counters.get("offers", 0)
            began, worked = time.perf_counter(), time.process_time()
            loop.post(event)
            assert loop.wait(lambda state, n=counted: state.counters.get("offers", 0) == n + agents, 120)
            matched, worked = time.perf_counter() - began, time.process_time() - worked
            launched = loop.state.counters.get("launches", 0)
            print(
                f"{agents} agents' offers, {brokers} brokers wait, {label}: "
                f"parsed in {parsed:.3f} s, answered in {matched:.3f} s ({worked:.3f} s of processor time), "
                f"{launched} launched"
            )
        for one in list(loop.state.instances.values()):
            if one.task is not None:
                loop.post(Updated(Status(one.task.id, one.task.agent_id, "TASK_RUNNING", "dXVpZA==")))
        running = sum(1 for _ in _running(scheduler))
        del text, event
        _ask(scheduler, "/api/broker/list")
        _ask(scheduler, "/metrics")
        print(f"resident with {running} running brokers and REST: {resident():.1f} MiB")
        scheduler.stop()


def _parts(scheduler: Any) -> Any:
    while scheduler._parts is None:
        time.sleep(0.01)
    return scheduler._parts


def _running(scheduler: Any) -> Iterator[Any]:
    loop = scheduler._parts.loop
    assert loop.wait(
        lambda state: all(one.task and one.task.state == "running" for one in state.instances.values()), 60
    )
    return iter(scheduler.service.brokers())


def _ask(scheduler: Any, path: str, **parameters: str) -> None:
    token = base64.b64encode(b"api:benchmark").decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{scheduler.api_port}{path}",
        urlencode(parameters).encode() if parameters else None,
        {"Authorization": f"Basic {token}"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        answer.read()


if __name__ == "__main__":
    main()
