"""What a deployment would do, and what the platform costs then."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from meridian.cloud.catalogue import Catalogue
from meridian.cloud.prices import Prices
from meridian.common.errors import MeridianError
from meridian.plan.change import Change, ChangeKind
from meridian.plan.cost import Cost, Costs
from meridian.topology.model import Topology

NOTHING_TO_DO, ERROR, CHANGES = 0, 1, 2

# Nodes are listed whatever becomes of them; of the rest only what a deployment changes, or nobody named.
_NODE = {
    ChangeKind.SAME: "keep",
    ChangeKind.DIFFERS: "keep",
    ChangeKind.MISSING: "create",
    ChangeKind.REPLACE: "replace",
    ChangeKind.UNMANAGED: "unmanaged",
    ChangeKind.BLOCKED: "blocked",
    ChangeKind.UNKNOWN: "unknown",
}
_THING = {
    ChangeKind.MISSING: "create",
    ChangeKind.DIFFERS: "change",
    ChangeKind.UNMANAGED: "unmanaged",
    ChangeKind.BLOCKED: "blocked",
    ChangeKind.UNKNOWN: "unknown",
}
_NO_CHANGE = ("keep", "unmanaged")


@dataclass(frozen=True)
class Action:
    """One thing and what becomes of it.

    :ivar kind: ``artifact``, ``node``, ``firewall``, ``state``, ``topic``, ``flow`` or ``archive``.
    :ivar action: for a node ``create``, ``keep``, ``replace`` or ``unmanaged``; for all else ``create``,
        ``change`` or ``unmanaged``. ``unknown``: nobody could be asked, a deployment looks again.
        ``blocked``: a deployment would fail there.
    :ivar reason: why, in one line; empty where the action says it all.
    :ivar cost_per_month: of a node as it will be; ``None`` for all else, and where no price is known.
    """

    kind: str
    id: str
    region: str
    action: str
    reason: str = ""
    cost_per_month: float | None = None

    @property
    def changes(self) -> bool:
        """Whether a deployment does anything about it."""
        return self.action not in _NO_CHANGE


@dataclass(frozen=True)
class Plan:
    """All that a deployment would do; made by :func:`plan`."""

    environment: str
    actions: tuple[Action, ...]
    cost: Cost

    @property
    def exit_code(self) -> int:
        """0: nothing to do, 2: changes, 1: a deployment would fail."""
        if any(one.action == "blocked" for one in self.actions):
            return ERROR
        return CHANGES if any(one.changes for one in self.actions) else NOTHING_TO_DO

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON has it."""
        cost = {**asdict(self.cost), "unknown": list(self.cost.unknown)}
        return {
            "environment": self.environment,
            "actions": [asdict(one) for one in self.actions],
            "cost": cost,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Plan":
        """Return the plan that :meth:`to_dict` told.

        :raises ValueError: it is none; so do ``KeyError`` and ``TypeError``.
        """
        cost = {**data["cost"], "unknown": tuple(data["cost"]["unknown"])}
        actions = tuple(Action(**one) for one in data["actions"])
        return cls(str(data["environment"]), actions, Cost(**cost))


def read(file: Path) -> Plan:
    """Read a plan that was written as JSON.

    :raises MeridianError: there is no such file, or it is no plan.
    """
    try:
        return Plan.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise MeridianError(f"{file}: {error.strerror}; ./meridian plan --out writes a plan") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MeridianError(f"{file} is no plan ({error}); ./meridian plan --out writes one") from error


def plan(topology: Topology, findings: Iterable[Change], catalogue: Catalogue) -> Plan:
    """Return what a deployment does about what was found, with what the platform then costs.

    :param catalogue: profiles and providers, for the sizes that prices are asked for.
    :raises MeridianError: a node's profile is not configured.
    """
    costs = Costs(topology, catalogue, Prices(topology.settings["prices"]))
    actions = tuple(_actions(findings, costs))
    return Plan(topology.environment, actions, costs.total())


def _actions(findings: Iterable[Change], costs: Costs) -> Iterator[Action]:
    for found in findings:
        if found.kind == "node":
            price = None if found.verdict is ChangeKind.UNMANAGED else costs.per_month(found.id)
            yield Action("node", found.id, found.region, _NODE[found.verdict], found.why, price)
        elif found.verdict in _THING:
            yield Action(found.kind, found.id, found.region, _THING[found.verdict], found.why)


def objection(planned: Plan, now: Plan) -> str:
    """Return in one line why a plan cannot be carried out as it stands; empty when it can.

    The first difference to what would be done now is such a reason; prices do not count, they are not the
    world's. So is what no deployment does: to replace a machine that holds data.
    """
    moved = disagreement(planned, now)
    if moved:
        return f"the world moved since it was planned: {moved}; plan again"
    for one in planned.actions:
        if one.action in ("replace", "blocked"):
            return f"no deployment can do this of it: {one.action} {one.id}: {one.reason}"
    return ""


def disagreement(planned: Plan, now: Plan) -> str:
    """Return in one line the first difference between a plan and what would be done now; empty for none."""
    if planned.environment != now.environment:
        return f"it is a plan of environment {planned.environment}, not of {now.environment}"
    before, after = _counted(planned), _counted(now)
    for key in before:
        if after[key] < before[key]:
            other = _other(key, after)
            return f"{_named(key)}: planned {_said(key)}, now {_said(other) if other else 'nothing to do'}"
    for key in after:
        if before[key] < after[key]:
            return f"{_named(key)}: not in the plan, now {_said(key)}"
    return ""


_Key = tuple[str, str, str, str, str]


def _counted(whole: Plan) -> Counter[_Key]:
    return Counter((one.kind, one.id, one.region, one.action, one.reason) for one in whole.actions)


def _other(key: _Key, among: Mapping[_Key, int]) -> _Key | None:
    return next((one for one in among if one[:2] == key[:2]), None)


def _named(key: _Key) -> str:
    return f"{key[0]} {key[1]}"


def _said(key: _Key) -> str:
    return f"{key[3]} ({key[4]})" if key[4] else key[3]
