"""What must outlive a master: agents that were admitted, are unreachable, gone, drained; maintenance.

Real Mesos writes it to a log that masters replicate. The double keeps it in ZooKeeper, in a file without
ZooKeeper, and asks for as many living masters as ``--quorum`` says before it reads or writes.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from ..election import Group
from ..flags import refuse
from ..resources import Json

_KEEP = 1000


class Registry:
    """The registry of the leading master.

    :param group: the masters; ``None`` without ZooKeeper.
    :param quorum: how many of them must live.
    :param file: where it lies without ZooKeeper.
    """

    def __init__(
        self, group: Group | None, quorum: int, file: Path | None, fetch: float, store: float
    ) -> None:
        self._group, self._quorum, self._file = group, quorum, file
        self._fetch_seconds, self._store_seconds = fetch, store
        self._wanted = asyncio.Event()
        self.agents: dict[str, Json] = {}
        self.unreachable: dict[str, float] = {}
        self.gone: dict[str, float] = {}
        self.drains: dict[str, Json] = {}
        self.schedule: Json = {"windows": []}
        self.down: list[Json] = []

    async def recover(self) -> None:
        """Read it; ends the program when there is no quorum in time."""
        if not await self._quorate(self._fetch_seconds):
            seconds = int(self._fetch_seconds)
            refuse(
                "Failed to recover registrar: Failed to perform fetch within "
                f"{f'{seconds // 60}mins' if seconds % 60 == 0 and seconds else f'{seconds}secs'}"
            )
        data: Any = None
        if self._group is not None:
            data = await self._group.read("registry")
        elif self._file is not None and self._file.exists():
            data = json.loads(self._file.read_text(encoding="utf-8"))
        for name, value in (data or {}).items():
            known = getattr(self, name)
            known.update(value) if isinstance(known, dict) else known.extend(value)

    def changed(self) -> None:
        """Have it written soon."""
        self._wanted.set()

    def admit(self, agent_id: str, info: Json) -> None:
        """An agent belongs to the cluster."""
        if self.agents.get(agent_id) != info:
            self.agents[agent_id] = info
            self.changed()

    def forget(self, agent_id: str) -> None:
        """An agent is unreachable or gone."""
        self.agents.pop(agent_id, None)
        for many in (self.unreachable, self.gone):
            for old in list(many)[:-_KEEP]:
                del many[old]
        self.changed()

    async def run(self) -> None:
        """Write for ever; ends the program when there is no quorum in time."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if not await self._quorate(self._store_seconds):
                refuse(
                    f"Failed to store in registry: Failed to perform store within {self._store_seconds:g}secs"
                )
            names = ("agents", "unreachable", "gone", "drains", "schedule")
            data = {name: getattr(self, name) for name in names} | {"down": self.down}
            if self._group is not None:
                await self._group.write("registry", data)
            elif self._file is not None:
                self._file.write_text(json.dumps(data), encoding="utf-8")

    async def _quorate(self, patience: float) -> bool:
        if self._group is None:
            return True
        deadline = asyncio.get_running_loop().time() + patience
        while await self._group.members() < self._quorum:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.2)
        return True
