"""What the supervisors of all Connect workers have seen, for the platform's status."""

import time
from collections.abc import Mapping
from typing import Any

from meridian.salt_api import minions
from meridian.topology.model import Topology

# It looks every two seconds; a worker that does not answer holds it up for 15.
_SILENT = 60.0


def of_topology(opts: dict[str, Any], topology: Topology) -> dict[str, Any]:
    """Return what was restarted, and what is wrong.

    :param opts: the master's options.
    :return: ``parts``, those that fail first, as ``Supervision.facts`` has them, each with its ``node``; and
        ``problems``, one line each. A node that does not answer is left out: its status says so anyway.
    """
    nodes = [node.id for region in topology.regions for node in region.with_role("connect")]
    found = minions.answers(opts, nodes, "connect_worker.supervised", 5)
    return judge({node: seen for node, seen in found.items() if isinstance(seen, Mapping)})


def judge(found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the same, of the answers by node. Pure."""
    parts = [{**part, "node": node} for node, seen in found.items() for part in seen.get("parts", ())]
    problems = [
        f"{node}: meridian-connect-supervisor {'hangs' if seen else 'does not run'}, so nothing restarts "
        "what fails there; see journalctl -u meridian-connect-supervisor, or deploy again"
        for node, seen in sorted(found.items())
        if seen.get("age", _SILENT + 1) > _SILENT
    ]
    parts.sort(key=lambda one: (not one["failed"], one["connector"]))
    return {"parts": parts, "problems": problems + [_told(one) for one in parts if one["failed"]]}


def _told(part: Mapping[str, Any]) -> str:
    task = "" if part["task"] is None else f" task {part['task']}"
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(part["since"]))
    stays = "; that does not pass by itself: change the setting or what the record met" * (
        part["cause"] == "stays"
    )
    return (
        f"{part['connector']}{task} on {part['node']} fails since {since}, "
        f"restarted {part['restarts']} times: {part['reason']}{stays}"
    )
