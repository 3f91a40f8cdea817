"""Resources: parsed from flags and JSON, added, subtracted and compared as Mesos does."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]
Ranges = tuple[tuple[int, int], ...]
# Scalars count in thousandths, as Mesos has them.
Value = int | Ranges | frozenset[str]


def parse(text: str, role: str = "*") -> "Resources":
    """Read ``cpus:2;mem(kafka):1024;ports:[31000-32000]``, or a JSON array of resources.

    :param role: role of what names none.
    :raises ValueError: it is neither.
    """
    if text.lstrip().startswith(("[{", "[ {", "[\n", "[]")):
        return Resources.of(json.loads(text))
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        match = re.fullmatch(r"([\w./-]+)(?:\(([^)]+)\))?\s*:\s*(.+)", part)
        if match is None:
            raise ValueError(f"Failed to parse resource {part}")
        name, held, value = match[1], match[2] or role, match[3].strip()
        entry: Json = {"name": name}
        if value.startswith("["):
            pairs = [pair.split("-") for pair in value.strip("[] ").split(",") if pair.strip()]
            entry |= {
                "type": "RANGES",
                "ranges": {"range": [{"begin": int(a), "end": int(b)} for a, b in pairs]},
            }
        elif value.startswith("{"):
            entry |= {"type": "SET", "set": {"item": [one.strip() for one in value.strip("{}").split(",")]}}
        else:
            entry |= {"type": "SCALAR", "scalar": {"value": float(value)}}
        if held != "*":
            entry["reservations"] = [{"type": "STATIC", "role": held}]
        found.append(entry)
    return Resources.of(found)


def role_of(resource: Mapping[str, Any]) -> str:
    """Return the role that a resource is reserved to; ``*`` for none."""
    reservations = resource.get("reservations") or ()
    return str(reservations[-1].get("role", "*")) if reservations else "*"


def is_dynamic(resource: Mapping[str, Any]) -> bool:
    """Say whether a framework or operator has reserved it."""
    reservations = resource.get("reservations") or []
    return bool(reservations) and reservations[-1].get("type") == "DYNAMIC"


def persistence_of(resource: Mapping[str, Any]) -> str | None:
    """Return the id of a persistent volume; ``None`` when it is no such."""
    found = resource.get("disk", {}).get("persistence", {}).get("id")
    return str(found) if found is not None else None


def unreserved(resource: Mapping[str, Any]) -> Json:
    """Return what a reserved resource, or a volume, was made of."""
    done = dict(resource)
    done["reservations"] = [one for one in resource.get("reservations") or () if one.get("type") == "STATIC"]
    disk = {key: one for key, one in done.pop("disk", {}).items() if key not in ("persistence", "volume")}
    return normal({**done, "disk": disk} if disk else done)


def normal(resource: Mapping[str, Any]) -> Json:
    """Return a resource in the format with ``reservations``, without its allocation."""
    done = {
        key: value for key, value in resource.items() if key not in ("role", "reservation", "allocation_info")
    }
    if "reservations" not in done:
        role = resource.get("role", "*")
        if resource.get("reservation") is not None:
            done["reservations"] = [{"type": "DYNAMIC", "role": role, **resource["reservation"]}]
        elif role != "*":
            done["reservations"] = [{"type": "STATIC", "role": role}]
    if not done.get("reservations"):
        done.pop("reservations", None)
    return done


def shown(resource: Mapping[str, Any], refined: bool, allocated_to: str | None = None) -> Json:
    """Return a resource as a framework of that capability sees it.

    :param refined: whether it has ``RESERVATION_REFINEMENT``.
    :param allocated_to: role of the offer.
    """
    done = dict(resource)
    if allocated_to is not None:
        done["allocation_info"] = {"role": allocated_to}
    if not refined:
        reservations = done.pop("reservations", [])
        done["role"] = role_of(resource)
        if is_dynamic(resource):
            done["reservation"] = {
                key: reservations[-1][key] for key in ("principal", "labels") if key in reservations[-1]
            }
    return done


def _identity(resource: Mapping[str, Any]) -> str:
    disk = resource.get("disk") or {}
    same = {
        "name": resource["name"],
        "type": resource["type"],
        "reservations": resource.get("reservations") or [],
        "source": disk.get("source"),
        "persistence": disk.get("persistence", {}).get("id"),
        "revocable": "revocable" in resource,
        "shared": "shared" in resource,
    }
    return json.dumps(same, sort_keys=True)


def _value(resource: Mapping[str, Any]) -> Value:
    kind = resource.get("type")
    if kind == "SCALAR":
        value = round(float(resource["scalar"]["value"]) * 1000)
        if value < 0:
            raise ValueError(f"Invalid scalar resource '{resource['name']}': value < 0")
        return value
    if kind == "RANGES":
        return _merged((int(one["begin"]), int(one["end"])) for one in resource["ranges"].get("range", ()))
    if kind == "SET":
        return frozenset(resource["set"].get("item", ()))
    raise ValueError(f"Resource {resource.get('name')} has no valid type: {kind}")


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    done: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if done and begin <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(end, done[-1][1]))
        else:
            done.append((begin, end))
    return tuple(done)


def _without(whole: Ranges, part: Ranges) -> Ranges:
    done = list(whole)
    for begin, end in part:
        cut = []
        for first, last in done:
            if first < begin:
                cut.append((first, min(last, begin - 1)))
            if last > end:
                cut.append((max(first, end + 1), last))
        done = cut
    return tuple(done)


def _plus(one: Value, other: Value) -> Value:
    if isinstance(one, int):
        return one + other  # type: ignore[operator]
    if isinstance(one, frozenset):
        return one | other  # type: ignore[operator]
    return _merged((*one, *other))  # type: ignore[misc]


def _minus(one: Value, other: Value) -> Value:
    if isinstance(one, int):
        return max(0, one - other)  # type: ignore[operator]
    if isinstance(one, frozenset):
        return one - other  # type: ignore[operator]
    return _without(one, other)  # type: ignore[arg-type]


def _has(one: Value, other: Value) -> bool:
    if isinstance(one, int):
        return one >= other  # type: ignore[operator]
    if isinstance(one, frozenset):
        return one >= other  # type: ignore[operator]
    return not _without(other, one)  # type: ignore[arg-type]


class Resources:
    """An amount of resources; immutable."""

    def __init__(self, held: Mapping[str, tuple[Json, Value]] | None = None) -> None:
        self._held = {key: pair for key, pair in (held or {}).items() if pair[1]}

    @classmethod
    def of(cls, listed: Iterable[Mapping[str, Any]]) -> "Resources":
        """Make it of the JSON of either format.

        :raises ValueError: a resource is not valid.
        """
        held: dict[str, tuple[Json, Value]] = {}
        for each in listed:
            if "name" not in each:
                raise ValueError("Empty resource name")
            one = normal(each)
            key, value = _identity(one), _value(one)
            held[key] = (one, _plus(held[key][1], value)) if key in held else (one, value)
        return cls(held)

    def __bool__(self) -> bool:
        return bool(self._held)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resources) and self._amounts() == other._amounts()

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._held)))

    def _amounts(self) -> dict[str, Value]:
        return {key: value for key, (_, value) in self._held.items()}

    def __add__(self, other: "Resources") -> "Resources":
        held = dict(self._held)
        for key, (one, value) in other._held.items():
            held[key] = (held[key][0], _plus(held[key][1], value)) if key in held else (one, value)
        return Resources(held)

    def __sub__(self, other: "Resources") -> "Resources":
        held = dict(self._held)
        for key, (_, value) in other._held.items():
            if key in held:
                held[key] = (held[key][0], _minus(held[key][1], value))
        return Resources(held)

    def contains(self, other: "Resources") -> bool:
        """Say whether all of another amount is in this one."""
        return all(
            key in self._held and _has(self._held[key][1], value) for key, (_, value) in other._held.items()
        )

    def json(self) -> list[Json]:
        """Return it as the APIs do, in the format with reservations."""
        done = []
        for one, value in self._held.values():
            entry = dict(one)
            if isinstance(value, int):
                entry["scalar"] = {"value": value / 1000}
            elif isinstance(value, frozenset):
                entry["set"] = {"item": sorted(value)}
            else:
                entry["ranges"] = {"range": [{"begin": begin, "end": end} for begin, end in value]}
            done.append(entry)
        return done

    def filter(self, wanted: Any) -> "Resources":
        """Return what a predicate over the JSON of a resource holds for."""
        return Resources.of(one for one in self.json() if wanted(one))

    def for_role(self, role: str) -> "Resources":
        """Return what may be offered to a role: unreserved, or reserved to it or to one above it."""
        return self.filter(
            lambda one: (own := role_of(one)) == "*" or role == own or role.startswith(f"{own}/")
        )

    def reserved(self) -> "dict[str, Resources]":
        """Return what is reserved, by role."""
        roles = sorted({role_of(one) for one in self.json()} - {"*"})
        return {role: self.filter(lambda one, role=role: role_of(one) == role) for role in roles}

    def total(self, name: str) -> float:
        """Return how much of a scalar there is, whatever it is reserved for."""
        return sum(v for one, v in self._held.values() if one["name"] == name and isinstance(v, int)) / 1000

    def summary(self) -> Json:
        """Return it as ``/state`` has it: ``{"cpus": 1.0, …, "ports": "[31000-32000]"}``."""
        done: Json = {"cpus": 0, "gpus": 0, "mem": 0, "disk": 0}
        ports: Ranges = ()
        for one, value in self._held.values():
            if isinstance(value, int):
                done[one["name"]] = done.get(one["name"], 0) + value / 1000
            elif isinstance(value, tuple) and one["name"] == "ports":
                ports = _merged((*ports, *value))
        if ports:
            done["ports"] = "[" + ", ".join(f"{begin}-{end}" for begin, end in ports) + "]"
        return done
