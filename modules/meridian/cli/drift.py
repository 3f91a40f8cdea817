"""``./meridian drift``: what is no longer as the pillar says, for a person or a program."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from meridian.cli import runners

_TITLES = {
    "node": "Machines",
    "firewall": "Firewalls of providers",
    "state": "States of nodes",
    "topic": "Topics",
    "flow": "Flows",
}


def gather(environment: str) -> dict[str, Any]:
    """Return what ``salt-run platform.drift`` returns.

    :raises MeridianError: the pillar is wrong, or a provider does not answer.
    """
    return dict(runners.call("platform.drift", environment=environment))


def show(facts: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the drift, a line for each property that differs."""
    console = console or Console()
    items = facts["drift"]
    for kind in dict.fromkeys(item["kind"] for item in items):
        console.print(f"[bold]{_TITLES.get(kind, kind.capitalize())}", highlight=False)
        for item in items:
            if item["kind"] == kind:
                _line(console, item)
        console.print()
    end = f"{len(items)} difference{'' if len(items) == 1 else 's'}" if items else "all is as the pillar says"
    console.print(f"{facts['environment']}: {end}", highlight=False)


def _line(console: Console, item: Mapping[str, Any]) -> None:
    wanted, found = (_text(item[key]) for key in ("wanted", "found"))
    reason = f" ({item['reason']})" if item["reason"] else ""
    text = f"{item['id']}: {item['what']}: {found}, should be {wanted}{reason}"
    console.print(f"  [yellow]{escape(text)}", highlight=False, soft_wrap=True)


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
