"""The record of nodes that are out of service: whoever comes after an interruption knows how to go on."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from meridian.common.errors import MeridianError
from meridian.common.files import write_private

LEAVING, AWAY, REMOVED = "leaving", "away", "removed"


@dataclass(frozen=True)
class MaintenanceRecord:
    """A node that is out of service, or about to be.

    :ivar node: its id.
    :ivar agent_id: of the agent that it had; empty when none was registered.
    :ivar brokers: ids of the brokers that were stopped for it.
    :ivar state: ``leaving``: tasks may run there still; ``away``: none does; ``removed``: it has no machine.
    :ivar why: what keeps it from going on; empty when nothing does.
    """

    node: str
    agent_id: str = ""
    brokers: tuple[int, ...] = ()
    state: str = LEAVING
    why: str = ""

    @property
    def next(self) -> str:
        """How to go on."""
        if self.state == REMOVED:
            environment = self.node.rpartition(".")[2]
            return f"./meridian deploy {environment} makes it anew, or is done with it"
        back = f"salt-run mesos.come_back {self.node} takes it back into service"
        return back if self.state == AWAY else f"salt-run mesos.leave {self.node} goes on, {back}"


class Record:
    """The nodes of an environment that are out of service.

    :param file: where that is written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> dict[str, MaintenanceRecord]:
        """Return all, by node.

        :raises MeridianError: the file is there but is no record.
        """
        try:
            held = json.loads(self._file.read_text(encoding="utf-8"))
            return {name: _entry(name, one) for name, one in held.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError) as problem:
            raise MeridianError(
                f"{self._file} is damaged ({problem}): remove it, and see salt-run mesos.state for nodes "
                "that are drained"
            ) from problem

    def find(self, node: str) -> MaintenanceRecord | None:
        """Return what is known of a node; ``None`` when it is in service."""
        return self.all().get(node)

    def put(self, entry: MaintenanceRecord) -> None:
        """Note how it is with a node."""
        self._write({**self.all(), entry.node: entry})

    def note(self, node: str, why: str) -> None:
        """Note what keeps a node from going on."""
        entry = self.find(node)
        if entry is not None:
            self.put(replace(entry, why=why))

    def forget(self, node: str) -> None:
        """Note that a node is in service, or that there will be none of its name."""
        held = self.all()
        if held.pop(node, None) is not None:
            self._write(held)

    def _write(self, held: Mapping[str, MaintenanceRecord]) -> None:
        text = json.dumps({name: asdict(one) for name, one in held.items()}, indent=2, sort_keys=True)
        write_private(self._file, text + "\n")


def _entry(name: str, held: Mapping[str, object]) -> MaintenanceRecord:
    brokers = held.get("brokers", ())
    if not isinstance(brokers, list | tuple):
        raise TypeError(f"brokers of {name}")
    said = {key: str(held.get(key, "")) for key in ("agent_id", "state", "why")}
    return MaintenanceRecord(node=name, brokers=tuple(int(one) for one in brokers), **said)
