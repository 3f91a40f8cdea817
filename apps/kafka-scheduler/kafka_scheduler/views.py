"""What REST and CLI are told of any service's instances: immutable, made from a snapshot of the state."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TaskView:
    """An instance's task.

    :ivar state: as Mesos calls it, without ``TASK_``, in lower case: ``launching`` (not heard of yet),
        ``staging, starting, running, killing, unreachable``.
    :ivar attributes: the agent's: what expressions such as ``*[rack=r1]`` filter by.
    :ivar ports: name → number.
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
    """A persistent volume of an instance.

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
class StepView:
    """A step of a plan.

    :ivar status: ``pending, blocked, running, complete, failed``.
    :ivar message: why it is blocked or failed.
    """

    instance: str
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
