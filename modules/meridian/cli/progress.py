"""Live progress of an orchestration, from Salt's event bus: a table on a terminal, plain lines elsewhere."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table

from meridian.salt_api import busy
from meridian.salt_api.progress import TAG
from meridian.verification import table
from meridian.verification.result import Row


@dataclass
class _Phase:
    name: str
    region: str
    started: float
    nodes: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    note: str = ""
    ended: float | None = None
    ok: bool = True

    @property
    def count(self) -> str:
        return f"{len(self.done)}/{len(self.nodes)}" if self.nodes else ""


class Board:
    """What is known of a run so far, drawn as events come in.

    :param mode: ``live`` (a terminal), ``plain`` (lines) or ``json`` (one JSON object per line).
    :param out: where to write.
    :param expected: names of the phases that will come, in order; a terminal shows those that wait.
    """

    def __init__(self, mode: str, out: TextIO = sys.stderr, expected: Sequence[str] = ()) -> None:
        self.mode = mode
        self.expected = expected
        self.out = out
        self.started = time.monotonic()
        self.phases: dict[tuple[str, str], _Phase] = {}
        self.rows: list[Row] = []
        self._live = (
            Live(console=Console(file=out), auto_refresh=False, transient=False) if mode == "live" else None
        )

    def __enter__(self) -> "Board":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self.refresh()
            self._live.stop()
        if self.rows and self.mode != "json":
            print("\n".join(table.lines(self.rows)), file=self.out, flush=True)

    def event(self, tag: str, data: dict[str, Any]) -> None:
        """Take one event of the bus: ours, or a node's return of a state job."""
        if tag.startswith(f"{TAG}/"):
            self._own(data)
        elif tag.startswith("salt/job/") and "/ret/" in tag and str(data.get("fun", "")).startswith("state."):
            self._returned(data)
        self.refresh()

    def _own(self, data: dict[str, Any]) -> None:
        name, region, event = data["phase"], data.get("region") or "", data["event"]
        phase = self.phases.setdefault((name, region), _Phase(name, region, time.monotonic()))
        if event == "start":
            phase.nodes = set(data.get("nodes") or ())
            self._line(phase, "start", {"nodes": len(phase.nodes)} if phase.nodes else {})
        elif event == "end":
            phase.ended, phase.ok = time.monotonic(), data.get("ok", True)
            self._line(
                phase, "done" if phase.ok else "FAILED", {"seconds": round(phase.ended - phase.started, 1)}
            )
        elif event == "note":
            phase.note = data.get("message", "")
            self._line(phase, phase.note, {})
        elif event == "rows":
            self.rows = [Row(**row) for row in data["rows"]]
            if self.mode == "json":
                self._line(phase, "rows", {"rows": data["rows"]})

    def _returned(self, data: dict[str, Any]) -> None:
        if busy.refused(data.get("return")):
            # It will be asked again.
            return
        node, ok = str(data.get("id", "")), data.get("success") is not False
        for phase in self.phases.values():
            if node in phase.nodes and node not in phase.done and phase.ended is None:
                phase.done.add(node)
                self._line(phase, f"{node} {'done' if ok else 'FAILED'}", {"done": phase.count})

    def _line(self, phase: _Phase, what: str, extra: dict[str, Any]) -> None:
        elapsed = time.monotonic() - self.started
        if self.mode == "json":
            record = {
                "elapsed": round(elapsed, 1),
                "phase": phase.name,
                "region": phase.region,
                "event": what,
                **extra,
            }
            print(json.dumps(record), file=self.out, flush=True)
        elif self.mode == "plain":
            details = " ".join(f"{key}={value}" for key, value in extra.items())
            where = " ".join(part for part in (phase.name, phase.region) if part)
            print(f"[{elapsed:6.1f}s] {where}: {what} {details}".rstrip(), file=self.out, flush=True)

    def refresh(self) -> None:
        """Draw the table anew (terminal only)."""
        if not self._live:
            return
        table = Table(box=None, pad_edge=False)
        for column in ("phase", "region", "nodes", "elapsed", ""):
            table.add_column(column)
        for phase in self.phases.values():
            end = phase.ended or time.monotonic()
            state = phase.note if phase.ended is None else ("[green]done" if phase.ok else "[red]failed")
            table.add_row(phase.name, phase.region, phase.count, f"{end - phase.started:.1f}s", state or "…")
        begun = {name for name, _ in self.phases}
        for name in self.expected:
            if name not in begun:
                table.add_row(f"[dim]{name}", "", "", "", "[dim]waits")
        self._live.update(table, refresh=True)


def follow(opts: dict[str, Any], stopped: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield ``(tag, data)`` of the master's event bus until ``stopped`` is set and the bus is quiet.

    :param opts: the master's options.
    :param stopped: a ``threading.Event``.
    """
    import salt.utils.event

    with salt.utils.event.get_event("master", sock_dir=opts["sock_dir"], opts=opts, listen=True) as bus:
        yield "", {}
        while True:
            event = bus.get_event(wait=0.3, full=True, auto_reconnect=True)
            if event:
                yield event["tag"], event["data"]
            elif stopped.is_set():
                return
            else:
                yield "", {}
