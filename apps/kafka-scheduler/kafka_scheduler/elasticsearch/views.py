"""What REST and CLI are told of nodes: immutable, made from a snapshot of the state."""

from dataclasses import dataclass

from kafka_scheduler.elasticsearch.spec import NodeSpec
from kafka_scheduler.views import TaskView, VolumeView


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as users see it; its fields are those of
    :class:`~kafka_scheduler.kafka.views.BrokerView`.
    """

    id: int
    spec: NodeSpec
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
    nodes: tuple[NodeView, ...]
    message: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class ClusterHealth:
    """What the cluster said of itself.

    :ivar taken_at: seconds since 1970 when it was asked.
    :ivar status: ``green, yellow, red``; empty when nobody answered, then ``problem`` says why.
    :ivar nodes: how many have joined.
    :ivar master: name of the elected master, which is its host's.
    :ivar unassigned: shards that are nowhere yet.
    """

    taken_at: float
    status: str = ""
    nodes: int = 0
    master: str = ""
    unassigned: int = 0
    problem: str = ""
