"""What REST and CLI are told of brokers: immutable, made from a snapshot of the state."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kafka_scheduler.kafka.spec import BrokerSpec


@dataclass(frozen=True, slots=True)
class TaskView:
    """A broker's task.

    :ivar state: as Mesos calls it, without ``TASK_``, in lower case: ``launching`` (not heard of yet),
        ``staging, starting, running, killing, unreachable``.
    :ivar attributes: the agent's: what expressions such as ``*[rack=r1]`` filter by.
    :ivar ports: name (``internal``, ``external``) → number.
    :ivar started: seconds since 1970 when it was seen running; 0 when it was not yet.
    """

    id: str
    agent_id: str
    hostname: str
    state: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class VolumeView:
    """A persistent volume of a broker.

    :ivar id: Mesos' persistence id: what ``give_up_volume`` takes.
    :ivar lost: why it cannot be used now (its host is gone); empty when it can.
    """

    id: str
    hostname: str
    agent_id: str
    size_mb: float
    path: str
    lost: str = ""


@dataclass(frozen=True, slots=True)
class BrokerView:
    """A broker as users see it.

    :ivar active: asked to run.
    :ivar state: ``stopped, starting, running, stopping, reconciling, failed N``; pure words, without remarks.
    :ivar modified: runs with other options than asked for: needs a restart.
    :ivar reasons: why it is not placed, one line per reason with the hosts it holds for; empty when it is.
    :ivar host: where it ran last, and to which it sticks until ``sticky_until`` (seconds since 1970).
    :ivar failures: in a row; 0 after it was running.
    :ivar retry_at: seconds since 1970 before which it is not launched again; 0 when it may be.
    """

    id: int
    spec: BrokerSpec
    active: bool
    state: str
    modified: bool = False
    task: TaskView | None = None
    volumes: tuple[VolumeView, ...] = ()
    reasons: tuple[str, ...] = ()
    host: str = ""
    sticky_until: float = 0.0
    failures: int = 0
    retry_at: float = 0.0


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a plan.

    :ivar status: ``pending, blocked, running, complete, failed``.
    :ivar message: why it is blocked or failed.
    """

    broker: int
    action: str
    status: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class PhaseView:
    """Steps of a plan that belong together."""

    name: str
    status: str
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan: ``deploy``, ``restart`` or ``decommission``.

    :ivar id: what pause, continue and force take: ``restart-3``.
    :ivar status: ``running, paused, complete, failed, cancelled``.
    """

    id: str
    kind: str
    status: str
    phases: tuple[PhaseView, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a start, stop or restart.

    :ivar status: ``started, stopped, restarted``; ``scheduled`` when the caller did not wait; or ``timeout``.
    :ivar message: what is not done yet and why, on ``timeout``; else empty.
    :ivar plan: id of the plan that goes on with it; empty when there is none.
    """

    status: str
    brokers: tuple[BrokerView, ...]
    message: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How the scheduler is.

    :ivar leader: this instance leads; another only answers ``/health``.
    :ivar connected: subscribed to a Mesos master, and heard of it lately.
    :ivar counters: name → number: ``offers, accepted, declined, updates, launches, failures,
        reconnects``, for metrics; ``declined.<reason>`` (``cpu, port, constraint, …``) by reason.
    :ivar problem: one line; empty when all is well.
    :ivar subscribed: seconds since 1970 when Mesos accepted the subscription; 0 when there is none.
    :ivar leader_url: the leader's API (``https://host:7000``), to which others redirect; empty when unknown.
    """

    leader: bool
    connected: bool
    framework_id: str
    master: str
    counters: Mapping[str, int]
    problem: str = ""
    subscribed: float = 0.0
    leader_url: str = ""
