"""Which addresses this clone's local environments have: chosen once, then kept in one record file."""

import fcntl
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from meridian.cloud.local import engine, taken
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.topology.addressing import SLOTS, LocalNetwork

CANDIDATES = tuple(IPv4Network(f"10.{n}.0.0/16") for n in range(213, 250))


@dataclass(frozen=True)
class Allocation:
    """What one environment was given.

    :ivar addresses: its addresses in the clone's /16.
    :ivar platform: the clone's platform id, eight hexadecimal digits; part of each container's name.
    """

    addresses: LocalNetwork
    platform: str

    @property
    def network(self) -> str:
        """The clone's /16."""
        return self.addresses.network

    @property
    def master_address(self) -> str:
        """Address of the host, and so of the Salt master, on the management network."""
        return self.addresses.management_gateway


@dataclass(frozen=True)
class Record:
    """What the record file holds.

    :ivar network: the clone's /16.
    :ivar slots: environment to slot.
    :ivar platform: the clone's platform id.
    """

    network: str
    slots: Mapping[str, int]
    platform: str

    def of(self, environment: str) -> Allocation | None:
        """Return an environment's part, or ``None`` when it has none."""
        if environment not in self.slots:
            return None
        return Allocation(LocalNetwork(self.network, self.slots[environment]), self.platform)


def record_file() -> Path:
    """Return the path of this clone's record."""
    return paths.state() / "networks.json"


def find(environment: str) -> Allocation | None:
    """Return what an environment was given before, or ``None``."""
    record = read(record_file())
    return record.of(environment) if record else None


def ensure(environment: str, wish: str | None = None, client: Any = None) -> Allocation:
    """Return an environment's addresses; choose and record them the first time.

    :param environment: name of the environment.
    :param wish: the /16 that pillar's ``local.network`` names, if any.
    :param client: Docker client whose networks must not be overlapped; this host's when not given.
    :raises MeridianError: see :func:`allot`.
    """
    with _locked():
        record = read(record_file())
        used = [] if record else [*taken.routes(), *taken.by_docker(client or engine.client())]
        new = allot(record, environment, used, wish)
        if new != record:
            write(record_file(), new)
    found = new.of(environment)
    assert found is not None
    return found


def forget(environment: str) -> None:
    """Give an environment's slot back; network and platform id stay the clone's."""
    with _locked():
        record = read(record_file())
        if record is not None and environment in record.slots:
            slots = {name: slot for name, slot in record.slots.items() if name != environment}
            write(record_file(), Record(record.network, slots, record.platform))


def platform_id() -> str:
    """Return this clone's platform id.

    :raises MeridianError: when nothing was allotted yet.
    """
    record = read(record_file())
    if record is None:
        raise MeridianError("the local cloud has no networks yet: run ./meridian deploy")
    return record.platform


def allot(
    record: Record | None, environment: str, used: Iterable[IPv4Network], wish: str | None = None
) -> Record:
    """Give an environment its addresses; what was given before stays. Pure but for a new platform id.

    :param record: what is recorded so far.
    :param environment: name of the environment.
    :param used: networks that the host uses already, without our own.
    :param wish: a /16 that must be taken; ``None`` takes the first free candidate.
    :returns: the record, with the environment in it.
    :raises MeridianError: no network is free, the wished one overlaps or differs from the recorded one, or
        all slots are in use.
    """
    if record is None:
        record = Record(_choose(list(used), wish), {}, secrets.token_hex(4))
    elif wish is not None and wish != record.network:
        raise MeridianError(
            f"local.network: pillar wants {wish} but this clone uses {record.network}: "
            "run ./meridian destroy --purge first, or take the setting out"
        )
    slots = dict(record.slots)
    if environment not in slots:
        free = [slot for slot in range(SLOTS) if slot not in slots.values()]
        if not free:
            raise MeridianError(f"{SLOTS} local environments exist ({', '.join(slots)}): destroy one first")
        slots[environment] = free[0]
    return Record(record.network, slots, record.platform)


def read(path: Path) -> Record | None:
    """Return the record, or ``None`` when nothing was allotted yet.

    :raises MeridianError: the file is there but is no record.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        held = json.loads(text)
        slots = {str(name): int(slot) for name, slot in held["slots"].items()}
        return Record(str(IPv4Network(held["network"])), slots, str(held["platform"]))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise MeridianError(f"{path} is damaged ({problem}): restore it from a backup") from problem


def write(path: Path, record: Record) -> None:
    """Write the record, at once or not at all."""
    held = {"network": record.network, "slots": dict(record.slots), "platform": record.platform}
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(held, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(path)


def _choose(used: list[IPv4Network], wish: str | None) -> str:
    if wish is not None:
        network = IPv4Network(LocalNetwork(wish).network)
        other = next((n for n in used if n.overlaps(network)), None)
        if other is not None:
            raise MeridianError(
                f"local.network: {network} overlaps {other}, which this host uses: choose another /16"
            )
        return str(network)
    for network in CANDIDATES:
        if not any(other.overlaps(network) for other in used):
            return str(network)
    raise MeridianError(
        "no free network from 10.213.0.0/16 to 10.249.0.0/16: remove unused Docker networks "
        "(docker network prune), or name a free /16 in pillar as local.network"
    )


@contextmanager
def _locked() -> Iterator[None]:
    lock = record_file().with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
