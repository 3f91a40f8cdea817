"""Which offer for which instance, and why none. Pure.

1. An instance with data goes to its volume's agent, else to the host it sticks to. 2. Another looks first at
offers with something reserved for it, then at hosts with the fewest instances. 3. The first offer that does
is taken; what is left of it is there for the next. 4. An offer that does not do leaves its reason.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from kafka_scheduler.core.model import Agent, Instance, Task
from kafka_scheduler.core.offers import Offer
from kafka_scheduler.core.placing import INSTANCE_LABEL, Framework, Placement, Refusal, Wanted, fit
from kafka_scheduler.core.resources import Resource
from kafka_scheduler.core.stickiness import bound_volumes, sticky_host

#: Hosts of which a reason is kept, per instance.
KEPT_REASONS = 200


@dataclass(slots=True)
class _Pool:
    """What is left of an offer, and how many instances are on its host."""

    offer: Offer
    left: Sequence[Resource]
    load: int
    cpus: float = 0.0
    mem: float = 0.0

    def __post_init__(self) -> None:
        self.count()

    def count(self) -> None:
        self.cpus = sum(one.scalar for one in self.left if one.name == "cpus")
        self.mem = sum(one.scalar for one in self.left if one.name == "mem")


@dataclass(frozen=True, slots=True)
class Match:
    """An instance and the offer that it gets."""

    instance: Instance
    offer: Offer
    placement: Placement


@dataclass(frozen=True, slots=True)
class Matching:
    """What came of offers.

    :ivar matches: in the order in which they were found; one offer may serve several.
    :ivar refusals: instance → host → why not; for instances that got none.
    """

    matches: tuple[Match, ...]
    refusals: Mapping[str, Mapping[str, Refusal]]


@dataclass(frozen=True, slots=True)
class World:
    """What is known besides the offers.

    :ivar tasks: of all instances that have one.
    :ivar agents: all that were heard of.
    :ivar released: ids of volumes that were given up.
    :ivar nonce: ends the names of volumes that are made.
    """

    framework: Framework
    now: float
    tasks: Sequence[Task] = ()
    agents: Mapping[str, Agent] = field(default_factory=dict)
    released: Collection[str] = ()
    nonce: str = "0"


def match(waiting: Sequence[Instance], offers: Sequence[Offer], world: World) -> Matching:
    """Match instances that wait with offers."""
    loads = Counter(task.hostname for task in world.tasks)
    pools = [_Pool(one, one.resources, loads[one.hostname]) for one in offers]
    labelled: dict[str, list[_Pool]] = {}
    for pool in pools:
        for name in {one.labels[INSTANCE_LABEL] for one in pool.left if INSTANCE_LABEL in one.labels}:
            labelled.setdefault(name, []).append(pool)
    known = _Known(world)
    matches: list[Match] = []
    refusals: dict[str, dict[str, Refusal]] = {}
    shared: dict[Refusal, Refusal] = {}
    alike: dict[tuple[int, int], dict[str, Refusal]] = {}
    for instance in waiting:
        wanted = known.wanted(instance)
        mine = labelled.get(instance.id, [])
        # Instances that need the same and are bound to nothing fail alike, until one is placed.
        alone = (id(instance.requirement), len(matches))
        free = not (mine or wanted.bound or wanted.host)
        if free and alone in alike:
            refusals[instance.id] = alike[alone]
            continue
        pools.sort(key=lambda one: one.load)
        why: dict[str, Refusal] = {}
        for pool in [*mine, *pools] if mine else pools:
            found = _try(wanted, pool, bool(mine), world)
            if isinstance(found, Refusal):
                if len(why) < KEPT_REASONS:
                    why[pool.offer.hostname] = shared.setdefault(found, found)
                continue
            matches.append(Match(instance, pool.offer, found))
            pool.left, pool.load = found.left, pool.load + 1
            pool.count()
            known.placed(pool.offer)
            break
        else:
            refusals[instance.id] = why
            if free:
                alike[alone] = why
    return Matching(tuple(matches), refusals)


def _try(wanted: Wanted, pool: _Pool, labelled: bool, world: World) -> Placement | Refusal:
    """Look at an offer; at its sums first, as most of many offers fail there."""
    want = wanted.instance.requirement
    if not (wanted.bound or wanted.host or labelled):
        if pool.cpus < want.cpus - 0.0005:
            return Refusal("cpus", f"cpus: {pool.cpus:g} of {want.cpus:g}")
        if pool.mem < want.mem - 0.0005:
            return Refusal("mem", f"mem: {pool.mem:g} of {want.mem:g}")
    return fit(wanted, pool.offer, pool.left, world.framework, world.nonce, world.released)


class _Known:
    """Where instances are, by attribute, kept up to date while more are placed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._places: list[tuple[str, Mapping[str, str]]] = [
            (task.hostname, task.attributes) for task in world.tasks
        ]
        self._others: dict[str, list[str]] = {}
        self._all: dict[str, set[str]] = {}

    def wanted(self, instance: Instance) -> Wanted:
        """Return an instance with what is the same for all offers."""
        rules = [
            (attribute, rule, self._values(attribute), self._groups(attribute, rule))
            for attribute, rule in instance.requirement.constraints.items()
        ]
        now, agents = self._world.now, self._world.agents
        bound = bound_volumes(instance, agents, now)
        return Wanted(instance, tuple(rules), bound, "" if bound else sticky_host(instance, agents, now))

    def placed(self, offer: Offer) -> None:
        """Note that an instance will be there."""
        self._places.append((offer.hostname, offer.attributes))
        for attribute, values in self._others.items():
            values += _value(attribute, offer.hostname, offer.attributes)

    def _values(self, attribute: str) -> list[str]:
        if attribute not in self._others:
            self._others[attribute] = [value for place in self._places for value in _value(attribute, *place)]
        return self._others[attribute]

    def _groups(self, attribute: str, rule: str) -> Collection[str]:
        if rule != "groupBy":
            return ()
        if attribute not in self._all:
            self._all[attribute] = {
                value
                for agent in self._world.agents.values()
                if not agent.lost
                for value in _value(attribute, agent.hostname, agent.attributes)
            }
        return self._all[attribute]


def _value(attribute: str, hostname: str, attributes: Mapping[str, str]) -> list[str]:
    if attribute == "hostname":
        return [hostname]
    return [attributes[attribute]] if attribute in attributes else []


def explain(refusals: Mapping[str, Refusal]) -> tuple[str, ...]:
    """Return reasons for people: one line per reason, with the hosts it holds for."""
    hosts: dict[str, list[str]] = {}
    for host, refusal in refusals.items():
        hosts.setdefault(refusal.text, []).append(host)
    lines = []
    for text, names in sorted(hosts.items(), key=lambda one: -len(one[1])):
        more = f" and {len(names) - 3} others" if len(names) > 3 else ""
        lines.append(f"{text} ({', '.join(sorted(names)[:3])}{more})")
    return tuple(lines)
