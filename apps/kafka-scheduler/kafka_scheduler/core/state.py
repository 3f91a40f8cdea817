"""The engine's state, what happens to it, and what comes of it. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kafka_scheduler.core.model import Abandoned, Agent, Instance, Release, Requirement, Task
from kafka_scheduler.core.offers import Offer
from kafka_scheduler.core.placing import Framework, Refusal
from kafka_scheduler.core.plans import Plan
from kafka_scheduler.core.reconciliation import Reconciliation
from kafka_scheduler.core.resources import Resource
from kafka_scheduler.core.updates import Status


class Observation(Protocol):
    """What a service has seen of its cluster."""

    @property
    def taken_at(self) -> float:
        """Seconds since 1970 when it began to look."""


class Service(Protocol):
    """What the core has to be told by a service. All of it pure."""

    def requirement(self, instance: str, spec: Mapping[str, Any]) -> Requirement:
        """Return what an instance needs."""

    def task_info(self, instance: Instance, task: Task, resources: tuple[Resource, ...]) -> Mapping[str, Any]:
        """Return the task as Mesos takes it."""

    def why_not_stop(self, instance: str, seen: Any, instances: Mapping[str, Instance]) -> str:
        """Return why an instance must stay up; empty when it may go down."""

    def why_not_whole(self, instance: str, seen: Any, instances: Mapping[str, Instance]) -> str:
        """Return what is not well yet after a step; empty when all is."""

    def why_not_without(self, instance: str, seen: Any, instances: Mapping[str, Instance]) -> str:
        """Return why the data of an instance that is away are needed; empty when others have them all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the engine; times in seconds.

    :ivar refuse: for which an offer that does not do is refused while somebody waits.
    :ivar refuse_idle: while nobody waits.
    :ivar refuse_release: while nobody waits, but something is to be released.
    """

    framework: Framework
    reconciliation_timeout: float = 300.0
    reconciliation_attempts: int = 6
    refuse: float = 5.0
    refuse_idle: float = 600.0
    refuse_release: float = 30.0
    kill_again: float = 10.0


@dataclass(frozen=True, slots=True)
class State:
    """All that is known.

    :ivar releases: persistence id → a volume that was given up.
    :ivar abandoned: task id → a task on a host that was given up.
    :ivar refusals: instance → host → why not.
    :ivar strays: persistence id → a volume with our labels that no instance has.
    :ivar eager: offers are refused for seconds only, since somebody waits.
    :ivar subscription: their number so far.
    :ivar disturbed: seconds since 1970 of the last change that a service's look must be younger than.
    :ivar killed: task → when it was last asked to end.
    :ivar counters: for metrics.
    """

    framework_id: str = ""
    instances: Mapping[str, Instance] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    releases: Mapping[str, Release] = field(default_factory=dict)
    abandoned: Mapping[str, Abandoned] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    refusals: Mapping[str, Mapping[str, Refusal]] = field(default_factory=dict)
    strays: Mapping[str, Release] = field(default_factory=dict)
    subscription: int = 0
    connected: bool = False
    suppressed: bool = False
    eager: bool = False
    reconciliation: Reconciliation = field(default_factory=Reconciliation)
    doubts_due: float = 0.0
    observation: Any = None
    disturbed: float = 0.0
    killed: Mapping[str, float] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A master has taken us on."""

    framework_id: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The master is not heard any more."""


@dataclass(frozen=True, slots=True)
class Removed:
    """The master has removed the framework, with all its tasks: it was away for too long."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Offers came."""

    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class InverseOffers:
    """Agents are wanted back for maintenance: offer id → agent id."""

    offers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Updated:
    """A task's status came."""

    status: Status


@dataclass(frozen=True, slots=True)
class AgentLost:
    """The master has removed an agent."""

    agent_id: str


@dataclass(frozen=True, slots=True)
class Observed:
    """The service has looked at its cluster."""

    observation: Observation


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Event = Subscribed | Disconnected | Removed | Offers | InverseOffers | Updated | AgentLost | Observed | Tick


@dataclass(frozen=True, slots=True)
class Save:
    """To be stored before anything after it is done.

    :ivar changes: key → JSON text; ``None``: to be removed.
    """

    changes: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Call:
    """To be sent to the master.

    :ivar kind: ``ACCEPT, DECLINE, KILL, ACKNOWLEDGE, RECONCILE, REVIVE, SUPPRESS, ACCEPT_INVERSE_OFFERS``.
    """

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)


Action = Save | Call
