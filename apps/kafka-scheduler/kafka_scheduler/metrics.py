"""The scheduler's metrics, as Prometheus reads them."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from kafka_scheduler.kafka.service import KafkaService
from kafka_scheduler.kafka.views import BrokerView, Health, PlanView

KIND = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "kafka_scheduler_"
_STATES = ("stopped", "starting", "running", "stopping", "reconciling", "failed")
_STEPS = ("pending", "blocked", "running", "complete", "failed")
_BYTES_PER_PAGE = 4096
_DECLINED = "declined."

#: Labels → number.
Samples = Iterable[tuple[Mapping[str, str], float]]


def text(service: KafkaService) -> str:
    """Return all metrics of a scheduler; one that does not lead knows of no brokers and plans."""
    health = service.health()
    if not health.leader:
        return render(health, (), (), time.time())
    return render(health, service.brokers(), service.plans(), time.time())


def render(health: Health, brokers: tuple[BrokerView, ...], plans: tuple[PlanView, ...], now: float) -> str:
    """Return metrics in Prometheus' text format. Pure but for the process' own memory.

    :param now: seconds since 1970.
    """
    states = Counter(one.state.split()[0] for one in brokers)
    steps = Counter(step.status for plan in plans for phase in plan.phases for step in phase.steps)
    counters = health.counters
    declined = [
        ({"reason": name.removeprefix(_DECLINED)}, number)
        for name, number in sorted(counters.items())
        if name.startswith(_DECLINED)
    ]
    age = now - health.subscribed if health.subscribed else 0.0
    lines = [
        _metric("leader", "gauge", "1 when this instance leads", [({}, health.leader)]),
        _metric("connected", "gauge", "1 when it hears of a Mesos master", [({}, health.connected)]),
        _metric(
            "subscription_age_seconds", "gauge", "since when it is subscribed; 0: it is not", [({}, age)]
        ),
        _metric("brokers", "gauge", "brokers by state", [({"state": one}, states[one]) for one in _STATES]),
        _metric(
            "brokers_needing_restart",
            "gauge",
            "brokers that run with other options than asked for",
            [({}, sum(one.modified for one in brokers))],
        ),
        _metric(
            "brokers_not_placed",
            "gauge",
            "brokers asked to run that have no task",
            [({}, sum(one.active and one.task is None for one in brokers))],
        ),
        _metric("offers_total", "counter", "offers seen", [({}, counters.get("offers", 0))]),
        _metric("offers_accepted_total", "counter", "offers accepted", [({}, counters.get("accepted", 0))]),
        _metric("offers_declined_total", "counter", "offers declined", [({}, counters.get("declined", 0))]),
        _metric("offers_declined_by_reason_total", "counter", "why offers were declined", declined),
        _metric("status_updates_total", "counter", "updates of tasks", [({}, counters.get("updates", 0))]),
        _metric("launches_total", "counter", "tasks launched", [({}, counters.get("launches", 0))]),
        _metric("failovers_total", "counter", "tasks that failed", [({}, counters.get("failures", 0))]),
        _metric("reconnects_total", "counter", "new subscriptions", [({}, counters.get("reconnects", 0))]),
        _metric(
            "plans",
            "gauge",
            "plans by status",
            [({"status": k}, n) for k, n in _sorted(one.status for one in plans)],
        ),
        _metric("plan_steps", "gauge", "steps of plans", [({"status": one}, steps[one]) for one in _STEPS]),
        _metric("resident_memory_bytes", "gauge", "memory of this process", [({}, resident())]),
    ]
    return "".join(lines)


def resident() -> int:
    """Return the resident memory of this process in bytes; 0 where the kernel does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _BYTES_PER_PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _sorted(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items())


def _metric(name: str, kind: str, help_: str, samples: Samples) -> str:
    lines = [f"# HELP {_PREFIX}{name} {help_}\n", f"# TYPE {_PREFIX}{name} {kind}\n"]
    for labels, number in samples:
        shown = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
        lines.append(f"{_PREFIX}{name}{{{shown}}} " if shown else f"{_PREFIX}{name} ")
        lines[-1] += f"{float(number):.10g}\n"
    return "".join(lines)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
