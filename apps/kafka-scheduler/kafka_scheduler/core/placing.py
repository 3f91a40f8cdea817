"""Does this offer do for that instance? With the operations that make it so, or a reason. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kafka_scheduler.core import constraints, resources
from kafka_scheduler.core.model import Instance, PortWant, Volume, VolumeWant
from kafka_scheduler.core.offers import Offer
from kafka_scheduler.core.resources import Resource

FRAMEWORK_LABEL = "meridian_framework"
INSTANCE_LABEL = "meridian_instance"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an offer does not do.

    :ivar kind: ``cpus, mem, disk, port, constraint, volume, stickiness, maintenance, role``.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Framework:
    """Who we are to Mesos.

    :ivar name: on the labels of our reservations.
    :ivar role: whom resources are reserved for.
    """

    name: str
    role: str = "*"
    principal: str = ""

    def labels(self, instance: str) -> dict[str, str]:
        """Return the labels of what is reserved for an instance."""
        return {FRAMEWORK_LABEL: self.name, INSTANCE_LABEL: instance}

    def volume_prefix(self, instance: str, volume: str) -> str:
        """Return what the persistence ids of a volume of an instance begin with."""
        return f"{self.name}-{instance}-{volume}-"


@dataclass(frozen=True, slots=True)
class Placement:
    """An offer that does.

    :ivar operations: Mesos' operations that come before the launch.
    :ivar resources: what the task gets.
    :ivar left: what remains of the offer.
    """

    operations: tuple[dict[str, Any], ...]
    resources: tuple[Resource, ...]
    ports: Mapping[str, int]
    volumes: tuple[Volume, ...]
    left: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An instance that looks for an offer, with what is the same for all offers.

    :ivar constraints: attribute, rule, values where other instances are, values known.
    :ivar bound: volumes that must be there, since data may be on them, or were made moments ago.
    :ivar host: to which it sticks; empty when to none.
    """

    instance: Instance
    constraints: tuple[tuple[str, str, Sequence[str], Collection[str]], ...] = ()
    bound: tuple[Volume, ...] = ()
    host: str = ""


def fit(
    wanted: Wanted,
    offer: Offer,
    left: Sequence[Resource],
    framework: Framework,
    nonce: str,
    released: Collection[str] = (),
) -> Placement | Refusal:
    """Try an offer.

    :param left: what is left of the offer.
    :param nonce: ends the names of new volumes.
    :param released: volumes that were given up.
    """
    if refusal := _may_be_there(wanted, offer):
        return refusal
    instance, want = wanted.instance, wanted.instance.requirement
    mine, free, foreign = _sort(left, instance.id, framework)
    pool = [*[one for one in mine if not one.persistence_id], *free]
    taken: list[Resource] = []
    for name, amount in (("cpus", want.cpus), ("mem", want.mem)):
        found = resources.take_scalar(pool, name, amount)
        if found is None:
            return Refusal(name, f"{name}: {resources.total(pool, name):g} of {amount:g}")
        taken, pool = taken + found[0], found[1]
    ports: dict[str, int] = {}
    for port in want.ports:
        chosen = _port(pool, port, instance.ports.get(port.name))
        if isinstance(chosen, Refusal):
            return chosen
        ports[port.name], piece, pool = chosen
        taken += piece
    there = {one.persistence_id: one for one in left if one.persistence_id}
    volumes, made, used, pool_or = _volumes(wanted, offer, pool, there, framework, nonce, released)
    if isinstance(pool_or, Refusal):
        return pool_or
    operations = []
    keep = bool(want.volumes) and framework.role != "*"
    labels = framework.labels(instance.id)
    to_reserve = [one for one in [*taken, *[disk for disk, _ in made]] if keep and one.role == "*"]
    final = [_reserved(one, framework, labels, keep) for one in taken]
    created = [
        _reserved(disk, framework, labels, keep).volume(one.id, framework.principal, one.name)
        for disk, one in made
    ]
    surplus = [one for one in pool_or if one.labels == labels]
    if surplus:
        operations.append(_operation("UNRESERVE", "unreserve", "resources", surplus))
    if to_reserve:
        reserved = [_reserved(one, framework, labels, keep) for one in to_reserve]
        operations.append(_operation("RESERVE", "reserve", "resources", reserved))
    if created:
        operations.append(_operation("CREATE", "create", "volumes", created))
    rest = [one for one in pool_or if one.labels != labels]
    unused = [one for one in mine if one.persistence_id and one not in used]
    return Placement(
        tuple(operations),
        (*final, *created, *used),
        ports,
        tuple(volumes),
        (*rest, *unused, *[one for one in foreign if one not in used]),
    )


def _may_be_there(wanted: Wanted, offer: Offer) -> Refusal | None:
    """Return why an instance may not be on an agent, whatever that has to give."""
    there = {one.persistence_id for one in offer.resources} if wanted.bound else set()
    for volume in wanted.bound:
        if volume.agent_id != offer.agent_id and volume.id not in there:
            if volume.hostname == offer.hostname:
                return Refusal("volume", f"the host is another agent now, without volume {volume.id}")
            return Refusal("volume", f"volume {volume.id} is on {volume.hostname}")
    if wanted.host and offer.hostname != wanted.host:
        return Refusal("stickiness", f"sticks to {wanted.host}")
    if offer.unavailable_from is not None and not wanted.bound:
        return Refusal("maintenance", "maintenance is planned")
    for attribute, rule, others, known in wanted.constraints:
        value = offer.hostname if attribute == "hostname" else offer.attributes.get(attribute)
        if why := constraints.why_not(attribute, rule, value, others, known):
            return Refusal("constraint", why)
    return None


def _sort(
    left: Sequence[Resource], instance: str, framework: Framework
) -> tuple[list[Resource], list[Resource], list[Resource]]:
    """Return what is reserved for an instance, what anybody may take, and the rest."""
    mine: list[Resource] = []
    free: list[Resource] = []
    foreign: list[Resource] = []
    for one in left:
        if one.labels:
            labels = one.labels
            ours = labels.get(FRAMEWORK_LABEL) == framework.name and labels.get(INSTANCE_LABEL) == instance
            (mine if ours else foreign).append(one)
        elif one.persistence_id or one.role not in ("*", framework.role):
            foreign.append(one)
        else:
            free.append(one)
    return mine, free, foreign


def _port(
    pool: Sequence[Resource], want: PortWant, last: int | None
) -> tuple[int, list[Resource], list[Resource]] | Refusal:
    """Take the port that an instance had last, else the first that does."""
    if last is not None and (not want.ranges or any(low <= last <= high for low, high in want.ranges)):
        found = resources.take_port(pool, last)
        if found:
            return last, *found
    number = resources.first_port(pool, want.ranges)
    found = None if number is None else resources.take_port(pool, number)
    if number is None or found is None:
        said = ",".join(f"{low}..{high}" if low < high else str(low) for low, high in want.ranges)
        return Refusal("port", f"port {said} is taken" if said else "no port is free")
    return number, *found


def _volumes(
    wanted: Wanted,
    offer: Offer,
    pool: list[Resource],
    there: Mapping[str, Resource],
    framework: Framework,
    nonce: str,
    released: Collection[str],
) -> tuple[list[Volume], list[tuple[Resource, Volume]], list[Resource], list[Resource] | Refusal]:
    """Find or make the volumes of an instance.

    :return: its volumes, those to make with their disks, those that are there, and what is left or why not.
    """
    instance = wanted.instance
    # A host whose agent was made anew has them still.
    known = {
        one.name: replace(one, agent_id=offer.agent_id, hostname=offer.hostname)
        for one in instance.volumes
        if one.agent_id == offer.agent_id or one.id in there
    }
    volumes: list[Volume] = []
    made: list[tuple[Resource, Volume]] = []
    used: list[Resource] = []
    for want in instance.requirement.volumes:
        volume = known.get(want.name) or _found_again(want, instance.id, offer, there, framework, released)
        if volume and volume.id in there:
            disk = there[volume.id]
            # Whoever made the volume chose a path; ours is its name.
            used.append(disk)
            volumes.append(volume)
            continue
        if volume and (volume.used or want.size_mb is None):
            return [], [], [], Refusal("volume", f"volume {volume.id} is not in the offer")
        if want.size_mb is None:
            return [], [], [], Refusal("volume", f"volume {want.name} is not there")
        if framework.role == "*":
            why = "a persistent volume needs a role of its own: set framework-role"
            return [], [], [], Refusal("role", why)
        # One that was made for a launch which came to nothing is either there or never was; its name may be
        # in use by a task that we have not heard of.
        volume = Volume(
            framework.volume_prefix(instance.id, want.name) + nonce,
            want.name,
            offer.agent_id,
            offer.hostname,
            want.size_mb,
        )
        taken = _disk(pool, want)
        if isinstance(taken, Refusal):
            return [], [], [], taken
        disk, pool = taken
        made.append((disk, volume))
        volumes.append(volume)
    return volumes, made, used, pool


def _found_again(
    want: VolumeWant,
    instance: str,
    offer: Offer,
    there: Mapping[str, Resource],
    framework: Framework,
    released: Collection[str],
) -> Volume | None:
    """Return a volume of an instance that nobody has noted: an operator's, or one of a state that is lost."""
    prefix = framework.volume_prefix(instance, want.name)
    for persistence, disk in there.items():
        mine = disk.labels.get(INSTANCE_LABEL) == instance and persistence.startswith(prefix)
        named = want.size_mb is None and persistence == want.name
        if (mine or named) and persistence not in released and disk.scalar >= (want.size_mb or 0):
            return Volume(persistence, want.name, offer.agent_id, offer.hostname, disk.scalar, used=True)
    return None


def _disk(pool: list[Resource], want: VolumeWant) -> tuple[Resource, list[Resource]] | Refusal:
    """Take a disk for a volume: a part of one resource, or the whole of it when it is a mount."""
    size = float(want.size_mb or 0)
    fitting = [one for one in pool if one.name == "disk" and one.disk == want.disk]
    for one in fitting:
        if one.scalar >= size:
            left = [other for other in pool if other is not one]
            if want.disk == "mount":
                return one, left
            rest = one.part(one.scalar - size)
            return one.part(size), left if rest.is_empty else [*left, rest]
    most = max((one.scalar for one in fitting), default=0.0)
    return Refusal("disk", f"disk ({want.disk}): {most:g} of {size:g}")


def _reserved(one: Resource, framework: Framework, labels: Mapping[str, str], keep: bool) -> Resource:
    return one.reserved(framework.role, framework.principal, labels) if keep and one.role == "*" else one


def _operation(kind: str, key: str, of: str, what: Sequence[Resource]) -> dict[str, Any]:
    return {"type": kind, key: {of: [one.to_json() for one in what]}}


def release(offered: Sequence[Resource], volume: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the operations that destroy a volume and unreserve all that was reserved with it.

    :param labels: of the instance; what bears them and is no volume is unreserved too.
    """
    disk = [one for one in offered if one.persistence_id == volume]
    operations = [_operation("DESTROY", "destroy", "volumes", disk)] if disk else []
    others = {one.persistence_id for one in offered if one.labels == labels} - {"", volume}
    bare = [_bare(one) for one in disk if one.labels]
    if not others:
        # As long as another volume is there, the instance comes back to its reservations.
        bare += [one for one in offered if one.labels == labels and not one.persistence_id]
    return operations + ([_operation("UNRESERVE", "unreserve", "resources", bare)] if bare else [])


def _bare(one: Resource) -> Resource:
    """Return a volume as the disk that it was made of."""
    disk = {key: value for key, value in one.plain["disk"].items() if key not in ("persistence", "volume")}
    plain = {key: value for key, value in one.plain.items() if key != "disk"} | (
        {"disk": disk} if disk else {}
    )
    return Resource(one.name, one.scalar, one.ranges, one.role, one.labels, "", one.disk, plain)
