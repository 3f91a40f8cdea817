"""A scheduler's metrics, as Prometheus reads them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kafka_scheduler.views import Health, PlanView, TaskView

KIND = "text/plain; version=0.0.4; charset=utf-8"
_STATES = ("stopped", "starting", "running", "stopping", "reconciling", "failed")
_STEPS = ("pending", "blocked", "running", "complete", "failed")
_BYTES_PER_PAGE = 4096
_DECLINED = "declined."

#: Labels → number.
Samples = Iterable[tuple[Mapping[str, str], float]]
#: Name, kind, help and samples.
Metric = tuple[str, str, str, Samples]


@dataclass(frozen=True)
class Service:
    """How a service's metrics are called.

    :ivar prefix: of each name, such as ``kafka_scheduler``; ``noun``: what its instances are called.
    """

    prefix: str
    noun: str


KAFKA = Service("kafka_scheduler", "broker")


class Shown(Protocol):
    """What is counted of an instance."""

    @property
    def active(self) -> bool:
        """Asked to run."""

    @property
    def state(self) -> str:
        """In a word."""

    @property
    def modified(self) -> bool:
        """Runs as another than it is to be."""

    @property
    def task(self) -> TaskView | None:
        """Its task."""


def render(
    service: Service,
    health: Health,
    instances: Sequence[Shown],
    plans: Sequence[PlanView],
    now: float,
    further: Iterable[Metric] = (),
) -> str:
    """Return metrics in Prometheus' text format. Pure but for the process' own memory.

    :param now: seconds since 1970.
    :param further: the service's own: name, kind, help and samples.
    """
    noun = f"{service.noun}s"
    states = Counter(one.state.split()[0] for one in instances)
    steps = Counter(step.status for plan in plans for phase in plan.phases for step in phase.steps)
    counters = health.counters
    declined = [
        ({"reason": name.removeprefix(_DECLINED)}, number)
        for name, number in sorted(counters.items())
        if name.startswith(_DECLINED)
    ]
    age = now - health.subscribed if health.subscribed else 0.0
    metrics: list[Metric] = [
        ("leader", "gauge", "1 when this instance leads", [({}, health.leader)]),
        ("connected", "gauge", "1 when it hears of a Mesos master", [({}, health.connected)]),
        ("subscription_age_seconds", "gauge", "since when it is subscribed; 0: it is not", [({}, age)]),
        (noun, "gauge", f"{noun} by state", [({"state": one}, states[one]) for one in _STATES]),
        (
            f"{noun}_needing_restart",
            "gauge",
            f"{noun} that run with other options than asked for",
            [({}, sum(one.modified for one in instances))],
        ),
        (
            f"{noun}_not_placed",
            "gauge",
            f"{noun} asked to run that have no task",
            [({}, sum(one.active and one.task is None for one in instances))],
        ),
        ("offers_total", "counter", "offers seen", [({}, counters.get("offers", 0))]),
        ("offers_accepted_total", "counter", "offers accepted", [({}, counters.get("accepted", 0))]),
        ("offers_declined_total", "counter", "offers declined", [({}, counters.get("declined", 0))]),
        ("offers_declined_by_reason_total", "counter", "why offers were declined", declined),
        ("status_updates_total", "counter", "updates of tasks", [({}, counters.get("updates", 0))]),
        ("launches_total", "counter", "tasks launched", [({}, counters.get("launches", 0))]),
        ("failovers_total", "counter", "tasks that failed", [({}, counters.get("failures", 0))]),
        ("reconnects_total", "counter", "new subscriptions", [({}, counters.get("reconnects", 0))]),
        (
            "plans",
            "gauge",
            "plans by status",
            [({"status": k}, n) for k, n in _sorted(one.status for one in plans)],
        ),
        ("plan_steps", "gauge", "steps of plans", [({"status": one}, steps[one]) for one in _STEPS]),
        ("resident_memory_bytes", "gauge", "memory of this process", [({}, resident())]),
    ]
    return "".join(_metric(service.prefix, one) for one in (*metrics, *further))


def resident() -> int:
    """Return the resident memory of this process in bytes; 0 where the kernel does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _BYTES_PER_PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _sorted(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items())


def _metric(prefix: str, metric: Metric) -> str:
    own, kind, help_, samples = metric
    name = f"{prefix}_{own}"
    lines = [f"# HELP {name} {help_}\n", f"# TYPE {name} {kind}\n"]
    for labels, number in samples:
        shown = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
        lines.append(f"{name}{{{shown}}} " if shown else f"{name} ")
        lines[-1] += f"{float(number):.10g}\n"
    return "".join(lines)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
