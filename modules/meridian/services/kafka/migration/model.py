"""A cluster as a migration sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meridian.services.kafka.cluster import Cluster

#: A partition: topic and number.
Key = tuple[str, int]


@dataclass(frozen=True)
class State:
    """What a cluster says; all that a migration knows, so that it goes on wherever it was interrupted.

    :ivar cluster: brokers that are up, and partitions. While replicas move, a partition has old and new ones.
    :ivar racks: broker id → rack, of brokers that are up.
    :ivar registered: ids of all brokers that the controllers know, those that are down among them.
    :ivar leaving: partition → broker ids that it loses by a move under way.
    :ivar throttled: topics whose replicas' traffic is bounded: a move of them has not ended.
    """

    cluster: Cluster
    racks: Mapping[int, str]
    registered: frozenset[int]
    leaving: Mapping[Key, frozenset[int]] = field(default_factory=dict)
    throttled: frozenset[str] = frozenset()

    def replicas(self) -> dict[Key, tuple[int, ...]]:
        """Return partition → broker ids that it will have when nothing moves any more."""
        return {
            (one.topic, one.number): tuple(
                broker
                for broker in one.replicas
                if broker not in self.leaving.get((one.topic, one.number), frozenset())
            )
            for one in self.cluster.partitions
        }


@dataclass(frozen=True, order=True)
class Move:
    """New replicas for a partition.

    :ivar now: broker ids now, those on their way among them; the preferred leader first.
    :ivar to: broker ids then.
    """

    topic: str
    partition: int
    now: tuple[int, ...]
    to: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}: {list(self.now)} to {list(self.to)}"


@dataclass(frozen=True)
class Plan:
    """What is left of a migration, in the order in which it is done.

    :ivar missing: new brokers that are not up yet; nothing moves before they are.
    :ivar cancel: partitions under way to where they shall not go; they return to where they were, and are
        planned anew. Kafka would never end a move that is only told another end.
    :ivar batches: moves, each batch begun when the one before it is in sync.
    :ivar settle: topics that only have to be freed of their bound.
    :ivar stop: old brokers that are up, and hold nothing when the batches are done.
    :ivar unregister: old brokers that are down, and that the controllers still know.
    """

    missing: tuple[int, ...] = ()
    cancel: tuple[Move, ...] = ()
    batches: tuple[tuple[Move, ...], ...] = ()
    settle: tuple[str, ...] = ()
    stop: tuple[int, ...] = ()
    unregister: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.moving or self.missing or self.stop or self.unregister)

    @property
    def moving(self) -> bool:
        """Whether anything is left of moving partitions."""
        return bool(self.cancel or self.batches or self.settle)

    @property
    def moves(self) -> tuple[Move, ...]:
        """All moves."""
        return tuple(move for batch in self.batches for move in batch)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain data, which a node can answer with."""
        return {
            "missing": list(self.missing),
            "cancel": len(self.cancel),
            "moves": len(self.moves),
            "settle": list(self.settle),
            "stop": list(self.stop),
            "unregister": list(self.unregister),
            "steps": self.steps(),
        }

    def steps(self) -> list[str]:
        """Return what is left, a line for each step."""
        lines = [f"start broker {broker}" for broker in self.missing]
        lines += [f"cancel the move of partition {move.topic}/{move.partition}" for move in self.cancel]
        lines += [
            f"move {len(batch)} partitions: " + ", ".join(sorted({move.topic for move in batch}))
            for batch in self.batches
        ]
        lines += [f"take the bound of traffic from topic {topic}" for topic in self.settle]
        lines += [f"stop broker {broker}" for broker in self.stop]
        lines += [f"unregister broker {broker}" for broker in (*self.stop, *self.unregister)]
        return lines
