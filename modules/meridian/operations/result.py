"""Reading what an orchestration returned: did it succeed, what changed, and what to tell a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SILENT = "it did not answer in time; see journalctl -u salt-minion on it, then run the same command again"


@dataclass(frozen=True)
class Failure:
    """One thing that went wrong.

    :ivar step: the orchestration's step.
    :ivar node: minion id, empty when the step ran on the master.
    :ivar state: id of the state on the node, empty likewise.
    :ivar reason: one line.
    """

    step: str
    node: str
    state: str
    reason: str

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.step, self.node, self.state) if part)
        return f"{where}: {self.reason}"


@dataclass(frozen=True)
class Result:
    """Outcome of one orchestration.

    :ivar changes: ``(step, node, state)`` of every state that changed something.
    """

    ok: bool
    failures: tuple[Failure, ...]
    changes: tuple[tuple[str, str, str], ...]


def read(returned: Any) -> Result:
    """Read the return of ``state.orchestrate``.

    Success is never taken from an exit code alone: it wants at least one step, and no failed one.

    :param returned: ``{"data": {master: {state id: {...}}}, "retcode": n}``, or whatever came instead.
    :return: the outcome; anything that is not such a mapping is a failure that quotes it.
    """
    steps = _steps(returned)
    if steps is None:
        return Result(False, (Failure("orchestration", "", "", _line(returned)),), ())
    failures: list[Failure] = []
    changes: list[tuple[str, str, str]] = []
    for key, step in steps.items():
        name = step.get("__id__") or key
        nodes = list(_node_states(step))
        before = len(failures)
        for node, state_id, state in nodes:
            if state.get("result") is False and not _by_requisite(state):
                failures.append(Failure(name, node, state_id, _line(state.get("comment"))))
            if state.get("changes"):
                changes.append((name, node, state_id))
        if step.get("result") is False and len(failures) == before and not _by_requisite(step):
            failures.append(Failure(name, "", "", _line(step.get("comment"))))
        if not nodes and step.get("changes") and step.get("result") is not False:
            changes.append((name, "", ""))
    ok = bool(steps) and all(step.get("result") is not False for step in steps.values())
    if not ok and not failures:
        failures.append(Failure("orchestration", "", "", "no step ran to its end"))
    return Result(ok, tuple(failures), tuple(changes))


def _steps(returned: Any) -> dict[str, dict[str, Any]] | None:
    data = returned.get("data") if isinstance(returned, Mapping) else None
    if not isinstance(data, Mapping) or len(data) != 1:
        return None
    (steps,) = data.values()
    if not isinstance(steps, Mapping) or not all(isinstance(step, Mapping) for step in steps.values()):
        return None
    return {str(key): dict(step) for key, step in steps.items()}


def _node_states(step: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield ``(node, state id, state)`` of a step that applied states to nodes."""
    changes = step.get("changes")
    nodes = changes.get("ret") if isinstance(changes, Mapping) else None
    if not isinstance(nodes, Mapping):
        return
    for node, states in nodes.items():
        if isinstance(states, Mapping):
            for key, state in states.items():
                if isinstance(state, Mapping):
                    yield str(node), str(state.get("__id__") or key), state
        else:
            # Salt's own word for a minion that did not return.
            why = _SILENT if states is False else states
            yield str(node), "", {"result": False, "comment": why}


def _by_requisite(state: Mapping[str, Any]) -> bool:
    return "requisite failed" in str(state.get("comment", ""))


def _line(value: Any) -> str:
    """Fold any value to one line of at most 600 characters, keeping a traceback's last line."""
    if isinstance(value, list):
        value = " ".join(str(part) for part in value)
    lines = [line.strip() for line in str(value).splitlines() if line.strip()]
    if not lines:
        return "no reason given"
    text = lines[-1] if any("Traceback" in line for line in lines) else " ".join(lines)
    marker = "MeridianError: "
    if marker in text:
        text = text.split(marker, 1)[1]
    return text if len(text) <= 600 else text[:597] + "..."
