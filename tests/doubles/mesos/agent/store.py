"""What an agent writes down so that it finds its tasks again: ``<work_dir>/meta/slaves/latest``."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..flags import refuse
from ..resources import Json, Resources, is_dynamic, persistence_of, role_of, unreserved

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Store:
    """Checkpoints, sandboxes and volumes below the work dir."""

    def __init__(self, work_dir: Path) -> None:
        self.work_dir = work_dir
        self._meta = work_dir / "meta" / "slaves"
        try:
            self._meta.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            refuse(f"Failed to create work directory '{work_dir}': {problem.strerror}")

    @property
    def agent_id(self) -> str | None:
        """The id that the agent had; ``None`` for a fresh one."""
        link = self._meta / "latest"
        return os.readlink(link).rsplit("/", 1)[-1] if link.is_symlink() else None

    def adopt(self, agent_id: str) -> None:
        """The agent has this id from now on."""
        (self._meta / agent_id / "tasks").mkdir(parents=True, exist_ok=True)
        link = self._meta / "latest"
        if self.agent_id != agent_id:
            link.unlink(missing_ok=True)
            link.symlink_to(self._meta / agent_id)

    def forget(self) -> None:
        """The agent will be a new one next time."""
        (self._meta / "latest").unlink(missing_ok=True)

    def same_boot(self) -> bool:
        """Say whether the machine still runs as when this was last asked, and note that it does."""
        file, now = self.work_dir / "meta" / "boot_id", _BOOT.read_text().strip()
        before = file.read_text() if file.exists() else now
        self._write(file, now)
        return before == now

    def read(self, name: str) -> Json | None:
        """Return a document of the agent; ``None`` when it has none."""
        if self.agent_id is None:
            return None
        try:
            return dict(json.loads((self._meta / self.agent_id / f"{name}.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except ValueError as problem:
            refuse(f"Failed to recover agent state from '{self._meta}': {problem}")

    def write(self, name: str, document: Json) -> None:
        """Write a document of the agent, whole or not at all."""
        if self.agent_id is not None:
            self._write(self._meta / self.agent_id / f"{name}.json", json.dumps(document))

    def keep_resources(self, total: Resources) -> None:
        """Note what the agent has; what is reserved of it outlives the agent's id."""
        self.write("resources", {"resources": total.json()})
        held = [one for one in total.json() if is_dynamic(one) or persistence_of(one) is not None]
        self._write(self.work_dir / "meta" / "resources.json", json.dumps(held))

    def with_reservations(self, total: Resources) -> Resources:
        """Return what a new agent has, with the reservations and volumes of the one before it."""
        file = self.work_dir / "meta" / "resources.json"
        for one in json.loads(file.read_text(encoding="utf-8")) if file.exists() else ():
            free = Resources.of([unreserved(one)])
            if not total.contains(free):
                refuse(f"Checkpointed resources {one} are incompatible with agent resources {total.json()}")
            total = total - free + Resources.of([one])
        return total

    def tasks(self) -> Iterator[Json]:
        """Yield what was written of tasks."""
        if self.agent_id is not None:
            for file in sorted((self._meta / self.agent_id / "tasks").glob("*.json")):
                yield dict(json.loads(file.read_text(encoding="utf-8")))

    def forget_task(self, container_id: str) -> None:
        """A task is history."""
        for end in (".json", ".exit"):
            (self._meta / str(self.agent_id) / "tasks" / f"{container_id}{end}").unlink(missing_ok=True)

    def exit_file(self, container_id: str) -> Path:
        """Return where the exit code of a container will be."""
        return self._meta / str(self.agent_id) / "tasks" / f"{container_id}.exit"

    def sandbox(self, framework_id: str, executor_id: str, container_id: str) -> Path:
        """Make a sandbox, and let ``latest`` point to it."""
        runs = self.work_dir / "slaves" / str(self.agent_id) / "frameworks" / framework_id / "executors"
        runs = runs / executor_id / "runs"
        (runs / container_id).mkdir(parents=True, exist_ok=True)
        latest = runs / "latest"
        latest.unlink(missing_ok=True)
        latest.symlink_to(runs / container_id)
        return runs / container_id

    # Volumes

    def volume(self, resource: Json) -> Path:
        """Return where a persistent volume lies."""
        source = resource["disk"].get("source", {})
        root = self.work_dir
        if source.get("type") in ("PATH", "MOUNT"):
            root = Path(source[source["type"].lower()]["root"])
            if source["type"] == "MOUNT":
                return root
            if not root.is_absolute():
                root = self.work_dir / root
        return root / "volumes" / "roles" / role_of(resource) / str(persistence_of(resource))

    def make_volumes(self, total: Resources) -> None:
        """Have a folder for each persistent volume."""
        for resource in total.json():
            if persistence_of(resource) is not None:
                self.volume(resource).mkdir(parents=True, exist_ok=True)

    def remove_volumes(self, before: Resources, after: Resources) -> None:
        """Remove the folders of volumes that are destroyed, and what is in them."""
        kept = {str(self.volume(one)) for one in after.json() if persistence_of(one) is not None}
        for resource in before.json():
            if persistence_of(resource) is not None and str(path := self.volume(resource)) not in kept:
                shutil.rmtree(path, ignore_errors=True)

    @staticmethod
    def _write(file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
