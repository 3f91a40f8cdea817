"""What is left to do until a cluster's partitions are on other brokers. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from meridian.common.errors import MeridianError
from meridian.services.kafka.migration.model import Key, Move, Plan, State
from meridian.services.kafka.placement import in_rack

#: Partitions that are moved at a time.
BATCH = 20


def plan(seen: State, old: Collection[int], new: Collection[int], batch: int = BATCH) -> Plan:
    """Return what is left of a migration.

    1. New brokers must be up. 2. Each replica on an old broker goes to a new one, in batches; replicas on
    brokers that are neither stay. 3. Old brokers are stopped, 4. and unregistered.

    Undoing a migration is the same with old and new exchanged: what is under way is cancelled, what was moved
    comes back, and what has not begun stays where it is.

    :param old: ids of brokers that are to hold nothing any more.
    :param new: ids of brokers that take their place.
    :param batch: most partitions that move at a time.
    :raises MeridianError: this cannot be done; says why.
    """
    _check(seen, old, new)
    missing = tuple(sorted(set(new) - set(seen.cluster.brokers)))
    cancel, moves = ([], []) if missing else _moves(seen, set(old), set(new))
    up = sorted(set(old) & set(seen.cluster.brokers))
    down = sorted(set(old) & seen.registered - set(up))
    moved = {move.topic for move in (*cancel, *moves)}
    return Plan(
        missing,
        tuple(cancel),
        tuple(tuple(moves[start : start + batch]) for start in range(0, len(moves), batch)),
        tuple(sorted(seen.throttled - moved)),
        tuple(up),
        tuple(down),
    )


def _check(seen: State, old: Collection[int], new: Collection[int]) -> None:
    if both := sorted(set(old) & set(new)):
        raise MeridianError(f"broker {both[0]} is to leave and to join at once; old and new ids must differ")
    if not new:
        raise MeridianError("no broker to move to; name the ids of the new ones")
    if offline := seen.cluster.offline:
        raise MeridianError(
            f"partition {offline[0]} has no leader ({len(offline)} have none); "
            "nothing is moved before each has one"
        )


def _moves(seen: State, old: set[int], new: set[int]) -> tuple[list[Move], list[Move]]:
    """Return what is under way to a wrong place, and the moves that are left, those under way first."""
    wanted = seen.replicas()
    load = Counter(broker for replicas in wanted.values() for broker in replicas)
    leads = Counter(replicas[0] for replicas in wanted.values() if replicas)
    wrong: list[Move] = []
    begun: list[Move] = []
    moves: list[Move] = []
    for part in seen.cluster.partitions:
        key = (part.topic, part.number)
        to = _replaced(key, wanted[key], old, new, seen.racks, load, leads)
        move = Move(part.topic, part.number, part.replicas, to)
        if key in seen.leaving:
            (begun if to == wanted[key] else wrong).append(move)
        elif to != part.replicas:
            moves.append(move)
    return wrong, [*begun, *moves]


def _replaced(
    key: Key,
    replicas: Sequence[int],
    old: set[int],
    new: set[int],
    racks: Mapping[int, str],
    load: Counter[int],
    leads: Counter[int],
) -> tuple[int, ...]:
    """Return replicas with each old broker replaced in its place, so that leaders stay as spread as they are.

    The new one is of the rack with the fewest replicas of the partition; there, who has the fewest: of
    preferred leaders for the first place, of replicas for the others.
    """
    staying = [broker for broker in replicas if broker not in old]
    result: list[int] = []
    for position, broker in enumerate(replicas):
        if broker not in old:
            result.append(broker)
            continue
        free = new - set(staying)
        if not free:
            raise MeridianError(
                f"partition {key[0]}/{key[1]} has {len(replicas)} replicas, "
                "which the new brokers are too few for"
            )
        chosen = min(free, key=lambda one: _rank(one, position, staying, racks, load, leads))
        staying.append(chosen)
        result.append(chosen)
        load[broker] -= 1
        load[chosen] += 1
        if position == 0:
            leads[broker] -= 1
            leads[chosen] += 1
    return tuple(result)


def _rank(
    one: int,
    position: int,
    chosen: Sequence[int],
    racks: Mapping[int, str],
    load: Counter[int],
    leads: Counter[int],
) -> tuple[int, ...]:
    first = leads[one] if position == 0 else 0
    return in_rack(chosen, one, racks), first, load[one], one


def left_behind(seen: State, brokers: Iterable[int]) -> list[str]:
    """Return the partitions that have, or are getting, a replica on one of some brokers."""
    gone = set(brokers)
    return [str(part) for part in seen.cluster.partitions if gone & set(part.replicas)]
