"""Where replicas are to go: placed anew, or with as few moves as that takes. Pure.

Racks come first: a partition's replicas are in as many as there are. Then brokers get equally many replicas
of each topic, then of all topics; last, the preferred leaders are spread alike, which moves no data.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from meridian.common.errors import MeridianError
from meridian.services.kafka import placement

#: Topic → partition → broker ids of its replicas, the preferred leader first.
Replicas = Mapping[str, Mapping[int, tuple[int, ...]]]


@dataclass(frozen=True)
class Order:
    """Which brokers are to have replicas.

    :ivar brokers: in the order in which they take turns.
    :ivar start: index of the broker with the first partition's first replica; ``None``: the name decides.
    :ivar shift: number that the first partition is taken to have.
    """

    brokers: tuple[int, ...]
    start: int | None = None
    shift: int | None = None


def assign(
    topic: str, partitions: Iterable[int], factor: int, order: Order, racks: Mapping[int, str]
) -> dict[int, tuple[int, ...]]:
    """Return replicas of partitions that are placed anew.

    Brokers take turns, one of each rack after the other. A partition's next replicas are on the brokers that
    follow, those of other racks first; with each turn the followers come one further.

    :param factor: replicas of each partition.
    :param racks: broker id → rack; a broker that is missing or has none is a rack of its own.
    :raises MeridianError: there are fewer brokers than replicas.
    """
    turns = _alternate(order.brokers, racks)
    count = len(turns)
    if factor > count:
        raise MeridianError(f"topic {topic}: {factor} replicas need {factor} brokers, {count} are named")
    start = zlib.crc32(topic.encode()) % count if order.start is None else order.start
    placed = {}
    for index, partition in enumerate(sorted(partitions), start=order.shift or 0):
        first = (start + index) % count
        shift = start + index // count
        others = [turns[(first + 1 + (shift + one) % max(count - 1, 1)) % count] for one in range(count - 1)]
        chosen = [turns[first]]
        while len(chosen) < factor:
            free = [one for one in others if one not in chosen]
            chosen.append(min(free, key=lambda one: placement.in_rack(chosen, one, racks)))
        placed[partition] = tuple(chosen)
    return placed


def rebalance(
    current: Replicas, order: Order, racks: Mapping[int, str], factor: int | None = None
) -> dict[str, dict[int, tuple[int, ...]]]:
    """Return the partitions that change when all are placed anew.

    :param factor: replicas of each partition; ``None``: as many as the topic's partitions have at most.
    """
    wanted = {}
    for topic, partitions in current.items():
        count = factor or max(map(len, partitions.values()), default=0)
        wanted[topic] = assign(topic, partitions, count, order, racks) if partitions else {}
    return changes(current, wanted)


def realign(
    current: Replicas, order: Order, racks: Mapping[int, str], factor: int | None = None, even: bool = True
) -> dict[str, dict[int, tuple[int, ...]]]:
    """Return the partitions that have to change for all replicas to be on the brokers, evenly.

    A replica that is on one of the brokers stays unless another broker has at least two fewer.

    :param factor: replicas of each partition; ``None``: as many as it has.
    :param even: no: every replica that is on one of the brokers stays.
    :raises MeridianError: there are fewer brokers than replicas.
    """
    allowed = {one: racks.get(one, "") for one in order.brokers}
    load = Counter(
        one for parts in current.values() for ids in parts.values() for one in ids if one in allowed
    )
    wanted: dict[str, dict[int, tuple[int, ...]]] = {}
    for topic, partitions in current.items():
        by_count: dict[int, dict[int, tuple[int, ...]]] = defaultdict(dict)
        kept = {number: tuple(one for one in ids if one in allowed) for number, ids in partitions.items()}
        for number, ids in partitions.items():
            by_count[factor or len(ids)][number] = kept[number]
        wanted[topic] = dict(kept)
        for count, part in by_count.items():
            placed = placement.place(topic, part, allowed, count, load)
            wanted[topic] |= placed
            for number, ids in placed.items():
                load.update(ids)
                load.subtract(kept[number])
    if even:
        again = True
        while again:
            # One makes room for the other. It ends: each move makes a topic more even, or all of them.
            own = [_even(wanted, [topic], allowed) for topic in wanted]
            again = _even(wanted, list(wanted), allowed) or any(own)
        _spread_leaders(wanted)
    return changes(current, wanted)


def changes(current: Replicas, wanted: Replicas) -> dict[str, dict[int, tuple[int, ...]]]:
    """Return what of a wanted placement is not so yet."""
    found = {
        topic: {
            number: ids
            for number, ids in sorted(partitions.items())
            if ids != tuple(current.get(topic, {}).get(number, ()))
        }
        for topic, partitions in sorted(wanted.items())
    }
    return {topic: partitions for topic, partitions in found.items() if partitions}


def moved(current: Replicas, wanted: Replicas) -> int:
    """Return how many replicas get to a broker that has none of that partition."""
    return sum(
        len(set(ids) - set(current[topic].get(number, ())))
        for topic, partitions in wanted.items()
        for number, ids in partitions.items()
    )


def _alternate(brokers: Sequence[int], racks: Mapping[int, str]) -> list[int]:
    """Return the brokers, one of each rack, then the next of each; the order is kept otherwise."""
    groups: dict[object, list[int]] = {}
    for one in brokers:
        groups.setdefault(racks.get(one) or one, []).append(one)
    return [one for turn in zip_longest(*groups.values()) for one in turn if one is not None]


def _even(
    placed: dict[str, dict[int, tuple[int, ...]]], topics: Sequence[str], racks: Mapping[int, str]
) -> bool:
    """Move replicas from the fullest brokers to the emptiest, while one has two more than the other.

    Over several topics a replica goes only where its own topic does not get uneven by it, and never so that
    its partition is in fewer racks.

    :return: whether something was moved.
    """
    load = Counter(dict.fromkeys(racks, 0))
    own = {topic: Counter(one for ids in placed[topic].values() for one in ids) for topic in topics}
    held: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for topic in topics:
        load.update(own[topic])
        for number, ids in placed[topic].items():
            for one in ids:
                held[one].add((topic, number))
    rack = {one: name or one for one, name in racks.items()}
    changed, again = False, True
    while again:
        again = False
        for full in sorted(load, key=lambda one: (-load[one], one)):
            if load[full] - min(load.values()) < 2:
                continue
            by_load = sorted(load, key=lambda one: (load[one], one))
            for topic, number in sorted(held[full]):
                if load[full] - load[by_load[0]] < 2:
                    break
                ids = placed[topic][number]
                other_racks = Counter(rack[one] for one in ids if one != full)
                for empty in by_load:
                    if load[full] - load[empty] < 2:
                        break
                    uneven = len(topics) > 1 and own[topic][full] <= own[topic][empty]
                    if empty in ids or uneven or other_racks[rack[empty]] > other_racks[rack[full]]:
                        continue
                    placed[topic][number] = tuple(empty if one == full else one for one in ids)
                    held[full].remove((topic, number))
                    held[empty].add((topic, number))
                    load.update({full: -1, empty: 1})
                    own[topic].update({full: -1, empty: 1})
                    by_load.sort(key=lambda one: (load[one], one))
                    changed = again = True
                    break
    return changed


def _spread_leaders(placed: dict[str, dict[int, tuple[int, ...]]]) -> None:
    """Make another replica the preferred leader where that spreads leaders: of each topic, then of all."""
    total = Counter(ids[0] for partitions in placed.values() for ids in partitions.values() if ids)
    again = True
    while again:
        again = False
        for _, partitions in sorted(placed.items()):
            own = Counter(ids[0] for ids in partitions.values() if ids)
            for number, ids in sorted(partitions.items()):
                if len(ids) < 2:
                    continue
                leader = ids[0]
                other = min(ids[1:], key=lambda one: (own[one], total[one], one))
                less, less_in_all = own[leader] - own[other], total[leader] - total[other]
                if less >= 2 or (less == 1 and less_in_all >= 2):
                    partitions[number] = (other, *(leader if one == other else one for one in ids[1:]))
                    own.update({other: 1, leader: -1})
                    total.update({other: 1, leader: -1})
                    again = True
