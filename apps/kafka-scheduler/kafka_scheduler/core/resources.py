"""Resources as Mesos offers them: scalars, ranges, disks, reservations, persistent volumes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Ports and the like: ``(first, last)``, both included, in order.
Ranges = tuple[tuple[int, int], ...]
# Mesos counts in thousandths.
_SMALLEST = 0.0005


@dataclass(frozen=True, slots=True)
class Resource:
    """A piece of an agent.

    :ivar name: ``cpus, mem, disk, ports, …``.
    :ivar scalar: how much of it; 0 for ranges.
    :ivar ranges: numbers, for ports.
    :ivar role: whom it is reserved for; ``*`` when it is not.
    :ivar labels: of its reservation.
    :ivar persistence_id: of the volume that it is; empty when it is none.
    :ivar disk: ``root``, ``path`` or ``mount``; empty when it is no disk.
    :ivar plain: all that Mesos says of it but the amount.
    """

    name: str
    scalar: float
    ranges: Ranges
    role: str
    labels: Mapping[str, str]
    persistence_id: str
    disk: str
    plain: Mapping[str, Any]

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is left."""
        return self.scalar < _SMALLEST and not self.ranges

    def part(self, scalar: float = 0.0, ranges: Ranges = ()) -> "Resource":
        """Return as much of it."""
        return Resource(
            self.name,
            round(scalar, 3),
            ranges,
            self.role,
            self.labels,
            self.persistence_id,
            self.disk,
            self.plain,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as Mesos takes it."""
        if self.ranges:
            ranges = [{"begin": first, "end": last} for first, last in self.ranges]
            return {**self.plain, "type": "RANGES", "ranges": {"range": ranges}}
        return {**self.plain, "type": "SCALAR", "scalar": {"value": self.scalar}}

    def reserved(self, role: str, principal: str, labels: Mapping[str, str]) -> "Resource":
        """Return it as it is when it is reserved dynamically."""
        reservation: dict[str, Any] = {"type": "DYNAMIC", "role": role}
        if principal:
            reservation["principal"] = principal
        reservation["labels"] = {"labels": [{"key": key, "value": value} for key, value in labels.items()]}
        plain = {key: value for key, value in self.plain.items() if key not in ("role", "reservation")}
        plain["reservations"] = [*plain.get("reservations", []), reservation]
        return Resource(self.name, self.scalar, self.ranges, role, dict(labels), "", self.disk, plain)

    def volume(self, persistence_id: str, principal: str, path: str) -> "Resource":
        """Return it as it is when a persistent volume is made of it.

        :param path: within the task's sandbox.
        """
        persistence = {"id": persistence_id} | ({"principal": principal} if principal else {})
        disk = {
            **self.plain.get("disk", {}),
            "persistence": persistence,
            "volume": {"mode": "RW", "container_path": path},
        }
        plain = {**self.plain, "disk": disk}
        return Resource(
            self.name, self.scalar, self.ranges, self.role, self.labels, persistence_id, self.disk, plain
        )


def parse(data: Mapping[str, Any]) -> Resource:
    """Return a resource of an offer, in Mesos' present or former format."""
    reservations = data.get("reservations") or []
    if reservations:
        role, labels = reservations[-1].get("role", "*"), reservations[-1].get("labels", {})
    else:
        role, labels = data.get("role", "*"), data.get("reservation", {}).get("labels", {})
    disk = data.get("disk", {})
    plain = {key: value for key, value in data.items() if key not in ("scalar", "ranges", "type")}
    return Resource(
        data["name"],
        float(data.get("scalar", {}).get("value", 0.0)),
        tuple(sorted((one["begin"], one["end"]) for one in data.get("ranges", {}).get("range", ()))),
        role,
        {one["key"]: one.get("value", "") for one in labels.get("labels", ())},
        disk.get("persistence", {}).get("id", ""),
        disk.get("source", {}).get("type", "ROOT").lower() if data["name"] == "disk" else "",
        plain,
    )


def total(resources: Iterable[Resource], name: str) -> float:
    """Return how much there is of a scalar."""
    return sum(one.scalar for one in resources if one.name == name)


def take_scalar(
    resources: Sequence[Resource], name: str, amount: float
) -> tuple[list[Resource], list[Resource]] | None:
    """Take an amount of a scalar, from the first resources first.

    :return: what is taken, what is left; ``None`` when there is not enough.
    """
    taken, left, missing = [], [], amount
    for one in resources:
        if one.name != name or missing < _SMALLEST:
            left.append(one)
            continue
        piece = min(missing, one.scalar)
        missing -= piece
        taken.append(one.part(piece))
        rest = one.part(one.scalar - piece)
        if not rest.is_empty:
            left.append(rest)
    return None if missing >= _SMALLEST else (taken, left)


def take_port(resources: Sequence[Resource], port: int) -> tuple[list[Resource], list[Resource]] | None:
    """Take one port.

    :return: what is taken, what is left; ``None`` when it is not there.
    """
    for place, one in enumerate(resources):
        if one.name == "ports" and any(first <= port <= last for first, last in one.ranges):
            rest = one.part(ranges=without(one.ranges, port))
            left = [*resources[:place], *([] if rest.is_empty else [rest]), *resources[place + 1 :]]
            return [one.part(ranges=((port, port),))], left
    return None


def without(ranges: Ranges, number: int) -> Ranges:
    """Return ranges without a number."""
    left: list[tuple[int, int]] = []
    for first, last in ranges:
        if first <= number <= last:
            left += [(a, b) for a, b in ((first, number - 1), (number + 1, last)) if a <= b]
        else:
            left.append((first, last))
    return tuple(left)


def first_port(resources: Iterable[Resource], wanted: Ranges) -> int | None:
    """Return the lowest port that is there and wanted.

    :param wanted: none: any from 1024 up.
    """
    allowed = wanted or ((1024, 65535),)
    found = [
        max(low, first)
        for one in resources
        if one.name == "ports"
        for first, last in one.ranges
        for low, high in allowed
        if max(low, first) <= min(high, last)
    ]
    return min(found, default=None)
