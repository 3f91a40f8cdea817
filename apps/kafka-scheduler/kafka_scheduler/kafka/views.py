"""What REST and CLI are told of brokers: immutable, made from a snapshot of the state."""

from dataclasses import dataclass

from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.views import TaskView, VolumeView


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
