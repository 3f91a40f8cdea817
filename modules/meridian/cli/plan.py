"""``./meridian plan``: what a deployment would do and what that costs, for a person or a program."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from meridian.cli import runners
from meridian.operations import phases
from meridian.operations.outline import outline
from meridian.plan import Action, Cost, Plan
from meridian.plan.summary import CostRow, costs, nodes
from meridian.topology.model import Topology

_COLUMNS = ("create", "keep", "replace", "unmanaged")
_STYLES = {"create": "green", "replace": "yellow", "blocked": "red", "unknown": "red", "unmanaged": "dim"}
_TITLES = {
    "artifact": "Software that you name",
    "firewall": "Firewalls of providers",
    "state": "States of nodes",
    "topic": "Topics",
    "flow": "Flows",
    "archive": "Archive",
}


def gather(environment: str, offline: bool) -> dict[str, Any]:
    """Return what ``salt-run platform.plan`` returns.

    :raises MeridianError: the pillar is wrong, or a provider does not answer.
    """
    return dict(runners.call("platform.plan", environment=environment, offline=offline))


def show(facts: Mapping[str, Any], topology: Topology, console: Console | None = None) -> None:
    """Print a plan as tables."""
    console = console or Console()
    plan = Plan.from_dict(facts)
    names = [region.name for region in topology.regions]
    _nodes(console, nodes(plan.actions, names))
    for kind, title in _TITLES.items():
        _changes(console, title, [one for one in plan.actions if one.kind == kind])
    roles = {node.id: "+".join(node.roles) for node in topology.nodes}
    _cost(console, costs(plan.actions, plan.cost.unknown, roles), plan.cost)
    if all(region.kind == "local" for region in topology.regions):
        console.print("The local cloud is this machine: it costs nothing.")
    _verdict(console, plan, phases.titles(outline(topology)))


def _nodes(console: Console, found: Mapping[str, Mapping[str, Sequence[Action]]]) -> None:
    table = _table("region", *_COLUMNS[:3], "unmanaged")
    for region, actions in found.items():
        table.add_row(region or "elsewhere", *(str(len(actions.get(column, ()))) for column in _COLUMNS))
    console.print(table)
    for region, actions in found.items():
        created = actions.get("create", ())
        if created:
            listed = ", ".join(one.id.partition(".")[0] for one in created)
            console.print(
                f"  [green]create[/] in {region}: {escape(listed)}", highlight=False, soft_wrap=True
            )
        for action, ones in actions.items():
            for one in ones if action != "create" else ():
                if action != "keep" or one.reason:
                    _line(console, one)
    console.print()


def _changes(console: Console, title: str, actions: Iterable[Action]) -> None:
    actions = list(actions)
    if not actions:
        return
    console.print(f"[bold]{title}", highlight=False)
    for one in actions:
        _line(console, one)
    console.print()


def _line(console: Console, one: Action) -> None:
    style = _STYLES.get(one.action, "cyan")
    reason = f": {one.reason}" if one.reason else ""
    console.print(f"  [{style}]{one.action}[/] {escape(one.id + reason)}", highlight=False, soft_wrap=True)


def _cost(console: Console, rows: Sequence[CostRow], total: Cost) -> None:
    table = _table("region", "role", "nodes", f"{total.currency}/hour", f"{total.currency}/month")
    for row in rows:
        table.add_row(
            row.region,
            row.role,
            str(row.nodes),
            _money(row.per_hour, row.unknown, 4),
            _money(row.per_month, row.unknown, 2),
        )
    missing = len(total.unknown)
    table.add_row(
        "all",
        "",
        str(sum(row.nodes for row in rows)),
        _money(total.per_hour, missing, 4),
        _money(total.per_month, missing, 2),
        style="bold",
    )
    console.print(table)
    if missing:
        some = ", ".join(total.unknown[:3]) + (", …" if missing > 3 else "")
        console.print(
            f"unknown and not counted: {_counted(missing, 'price')} ({escape(some)}); "
            "pillar `prices` takes your own",
            highlight=False,
            soft_wrap=True,
        )
    console.print()


def _money(value: float | None, unknown: int, digits: int) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.{digits}f}" + (" + unknown" if unknown else "")


def _verdict(console: Console, plan: Plan, through: Sequence[str]) -> None:
    blocked = [one for one in plan.actions if one.action == "blocked"]
    if blocked:
        console.print(f"[red]A deployment would fail: {escape(blocked[0].id)}: {escape(blocked[0].reason)}")
    elif plan.exit_code == 0:
        console.print(f"{plan.environment}: nothing to do")
    else:
        changes = _counted(sum(one.changes for one in plan.actions), "change")
        console.print(
            f"{plan.environment}: {changes}; ./meridian deploy {plan.environment} carries them out",
            highlight=False,
        )
        console.print(f"It goes through: {', '.join(through)}", highlight=False)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for position, column in enumerate(columns):
        table.add_column(column, justify="left" if position == 0 or column == "role" else "right")
    return table
