"""``./meridian status``: the runner's facts, for a person or a program."""

from typing import Any

from rich.console import Console
from rich.table import Table

from meridian.common.errors import MeridianError
from meridian.salt_api import master


def gather(environment: str) -> dict[str, Any]:
    """Return what ``salt-run platform.status`` returns.

    :raises MeridianError: when nothing is deployed from this clone.
    """
    import salt.runner

    if not master.is_running():
        raise MeridianError(
            f"nothing of {environment} runs from this clone; start it with: ./meridian deploy {environment}"
        )
    with salt.runner.RunnerClient(master.options_of_runners()) as client:
        out = client.cmd(
            "platform.status", kwarg={"environment": environment}, print_event=False, full_return=True
        )
    if not isinstance(out.get("return"), dict):
        raise MeridianError(str(out.get("return", out)).strip().splitlines()[-1])
    return dict(out["return"])


def show(facts: dict[str, Any]) -> None:
    """Print the facts as tables."""
    console = Console()
    nodes = facts["nodes"]
    mark = "[green]all is well" if facts["ok"] else "[red]something is wrong"
    console.print(f"{facts['environment']}: {nodes['up']}/{nodes['total']} nodes up, {mark}")
    _table(
        console,
        ("cluster", "brokers", "under-replicated", "bootstrap"),
        [
            (name, f"{row['brokers_up']}/{row['brokers']}", row["under_replicated"], row["bootstrap"])
            for name, row in facts["clusters"].items()
        ],
    )
    _table(
        console,
        ("flow", "state", "lag (records)", "lag (seconds)", "held (records)"),
        [
            (name, row["state"], row["lag_records"], row["lag_seconds"], row.get("held_records"))
            for name, row in facts["flows"].items()
        ],
    )
    if facts.get("unmanaged_connectors"):
        _table(
            console,
            ("connector of no flow", "region", "state"),
            [(name, row["region"], row["state"]) for name, row in facts["unmanaged_connectors"].items()],
        )
    if facts.get("restarts"):
        _table(
            console,
            ("restarted in Connect", "task", "times", "fails now", "last reason"),
            [
                (
                    one["connector"],
                    one["task"],
                    one["restarts"],
                    "yes" if one["failed"] else "no",
                    one["reason"],
                )
                for one in facts["restarts"]
            ],
        )
    _table(
        console,
        ("archive", "objects", "bytes", "lag (records)"),
        [(name, row["objects"], row["bytes"], row["lag_records"]) for name, row in facts["archive"].items()],
    )
    if facts["search"]:
        _table(
            console,
            ("search", "health", "nodes", "documents"),
            [(name, row["health"], row["nodes"], row["documents"]) for name, row in facts["search"].items()],
        )
    for problem in facts.get("problems", ()):
        console.print(f"[red]{problem}")


def _table(console: Console, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*("-" if cell is None else str(cell) for cell in row))
    console.print(table)
    console.print()
