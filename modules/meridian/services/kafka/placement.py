"""Where replicas go when a topic's replication factor changes. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from meridian.common.errors import MeridianError


def place(
    topic: str,
    replicas: Mapping[int, Sequence[int]],
    racks: Mapping[int, str],
    factor: int,
    others: Mapping[int, int] | None = None,
) -> dict[int, tuple[int, ...]]:
    """Return the new replicas of the partitions that do not have as many as wanted.

    Replicas that are there stay where they are, the preferred leader first, so that no more data moves than
    must. A new one goes to the rack with the fewest replicas of its partition, there to the broker with the
    fewest of all. One too many goes from the fullest rack and broker; never the preferred leader.

    :param replicas: partition → broker ids now, the preferred leader first.
    :param racks: broker id → rack, of all brokers that are up.
    :param factor: replicas that each partition shall have.
    :param others: broker id → replicas of other topics; they decide between brokers with as many of this.
    :raises MeridianError: there are fewer brokers than that.
    """
    if factor > len(racks):
        raise MeridianError(f"topic {topic}: {factor} replicas need {factor} brokers, {len(racks)} are up")
    others = others or {}
    load = Counter(broker for brokers in replicas.values() for broker in brokers)
    placed = {}
    for partition, brokers in sorted(replicas.items()):
        if len(brokers) == factor:
            continue
        now = list(brokers)
        while len(now) < factor:
            new = min(set(racks) - set(now), key=lambda one: _cost(now, one, racks, load, others))
            now.append(new)
            load[new] += 1
        while len(now) > factor:
            old = max(now[1:], key=lambda one: _cost(now, one, racks, load, others))
            now.remove(old)
            load[old] -= 1
        placed[partition] = tuple(now)
    return placed


def _cost(
    replicas: Sequence[int],
    broker: int,
    racks: Mapping[int, str],
    load: Mapping[int, int],
    others: Mapping[int, int],
) -> tuple[int, int, int, int]:
    """Return how full a broker is, for one partition: its rack, then itself."""
    return in_rack(replicas, broker, racks), load.get(broker, 0), others.get(broker, 0), broker


def in_rack(replicas: Sequence[int], broker: int, racks: Mapping[int, str]) -> int:
    """Return how many of a partition's replicas a broker's rack has; without a rack it is its own."""
    mine = racks.get(broker) or broker
    return sum((racks.get(one) or one) == mine for one in replicas)
