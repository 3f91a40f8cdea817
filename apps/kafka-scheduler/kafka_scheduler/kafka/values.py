"""Values of options, from text and to text: times, ports, volumes, mounts, lists of ``key=value``. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from meridian.common.errors import MeridianError

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SIZES = {"": 1, "M": 1, "G": 1024, "T": 1024 * 1024}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_DISKS = ("root", "path", "mount")


@dataclass(frozen=True, order=True)
class PortRange:
    """Ports from ``first`` to ``last``, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"

    def __contains__(self, port: object) -> bool:
        return isinstance(port, int) and self.first <= port <= self.last


@dataclass(frozen=True)
class Volume:
    """A persistent volume of a broker.

    :ivar name: its name within the broker; with the broker's id it makes the volume's persistence id.
    :ivar mb: its size; ``None`` for a volume that an operator has made, of whatever size.
    :ivar disk: kind of disk: ``root`` (the agent's work dir), ``path`` or ``mount`` (a disk of its own).
    """

    name: str
    mb: int | None = None
    disk: str = "root"

    def __str__(self) -> str:
        size = "" if self.mb is None else f":{self.mb}"
        return f"{self.name}{size}" + ("" if self.disk == "root" else f":{self.disk}")


@dataclass(frozen=True)
class Mount:
    """A path of the agent as it is seen in a container."""

    host: str
    container: str
    read_only: bool = False

    def __str__(self) -> str:
        return f"{self.host}:{self.container}" + (":ro" if self.read_only else "")


def duration(text: str) -> float:
    """Return seconds of a time such as ``500ms``, ``30s``, ``10m``, ``1h``, ``30d``.

    :raises MeridianError: it is no such time.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text.strip())
    if not found:
        raise MeridianError(f"{text!r} is no time; expected a number and ms, s, m, h or d, such as 10m")
    return float(found[1]) * _UNITS[found[2]]


def format_duration(seconds: float) -> str:
    """Return a time in the largest unit that it is a whole number of."""
    for unit, size in reversed(_UNITS.items()):
        count = round(seconds / size, 6)
        if count >= 1 and count == int(count):
            return f"{int(count)}{unit}"
    return "0s" if seconds == 0 else f"{round(seconds * 1000)}ms"


def ports(text: str) -> tuple[PortRange, ...]:
    """Return the ports that may be taken: ``9092``, ``9092..9099``, several of them, or ``auto``.

    :return: ranges in their order; none for ``auto``, which is any port of an offer.
    :raises MeridianError: these are no ports.
    """
    if text.strip() == "auto":
        return ()
    ranges = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,5})(?:\.\.(\d{1,5}))?", part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= 65535:
            raise MeridianError(f"{part.strip()!r} is no port; expected auto, 9092 or 9092..9099")
        ranges.append(PortRange(first, last))
    return tuple(ranges)


def format_ports(ranges: tuple[PortRange, ...]) -> str:
    """Return ports as :func:`ports` reads them."""
    return ",".join(map(str, ranges)) or "auto"


def volumes(text: str) -> tuple[Volume, ...]:
    """Return volumes: ``name``, ``name:size`` or ``name:size:disk``, several of them with commas.

    The size is in MB, or with the unit G or T.

    :raises MeridianError: these are no volumes, or two have one name.
    """
    found = []
    for part in (one.strip() for one in text.split(",")):
        name, _, rest = part.partition(":")
        size, _, disk = rest.partition(":")
        number = re.fullmatch(r"(\d+)([MGT]?)B?", size)
        if not _NAME.fullmatch(name) or (rest and not number) or (disk and disk not in _DISKS):
            raise MeridianError(
                f"{part!r} is no volume; expected name, name:size or name:size:disk, such as data:100G:mount"
            )
        mb = int(number[1]) * _SIZES[number[2]] if number else None
        found.append(Volume(name, mb, disk or "root"))
    if len({one.name for one in found}) < len(found):
        raise MeridianError(f"{text!r}: two volumes have one name")
    return tuple(found)


def mounts(text: str) -> tuple[Mount, ...]:
    """Return mounts: ``/of/host:/in/container[:ro]``, several of them with commas.

    :raises MeridianError: these are no mounts.
    """
    found = []
    for part in (one.strip() for one in text.split(",")):
        host, _, rest = part.partition(":")
        inside, _, mode = rest.partition(":")
        if not host or not inside.startswith("/") or mode not in ("", "ro", "rw"):
            raise MeridianError(f"{part!r} is no mount; expected /of/host:/in/container or …:ro")
        found.append(Mount(host, inside, mode == "ro"))
    return tuple(found)


def pairs(text: str) -> dict[str, str]:
    r"""Return what ``key=value,key=value`` says; a comma within a value is written ``\,``.

    :raises MeridianError: a part has no key, or a key comes twice.
    """
    found: dict[str, str] = {}
    for part in re.split(r"(?<!\\),", text):
        key, equals, value = (piece.strip() for piece in part.replace("\\,", ",").partition("="))
        if not part.strip():
            continue
        if not key or not equals:
            raise MeridianError(f"{part.strip()!r} is no setting; expected key=value")
        if key in found:
            raise MeridianError(f"{key} is set twice")
        if any(ord(letter) < 32 for letter in key + value):
            raise MeridianError(f"{key}: a value has to be one line")
        found[key] = value
    return found


def format_pairs(values: Mapping[str, str]) -> str:
    """Return settings as :func:`pairs` reads them."""
    return ",".join(f"{key}={value}".replace(",", "\\,") for key, value in values.items())


def constraints(text: str) -> dict[str, str]:
    r"""Return constraints by attribute: ``hostname=unique,rack=like:r[12]``.

    :raises MeridianError: one of them is none that there is.
    """
    found = pairs(text)
    for attribute, rule in found.items():
        kind, colon, argument = rule.partition(":")
        known = {"like": bool(argument), "unlike": bool(argument), "unique": not colon}
        known |= {"cluster": bool(argument or not colon), "groupBy": not colon or argument.isdigit()}
        if not known.get(kind):
            raise MeridianError(
                f"constraint {attribute}={rule}: expected like:re, unlike:re, unique, cluster, "
                "cluster:value, groupBy or groupBy:n"
            )
        if kind in ("like", "unlike"):
            try:
                re.compile(argument)
            except re.error as error:
                raise MeridianError(f"constraint {attribute}={rule}: {error}") from error
        if kind == "groupBy" and colon and not int(argument):
            raise MeridianError(f"constraint {attribute}={rule}: at least one group is needed")
    return found
