"""Entries of ``list_nodes_full``, as short as tests want them."""

from typing import Any


def entry(
    identity: str, environment: str = "aws", state: str = "RUNNING", role: str = "kafka", **more: Any
) -> dict[str, Any]:
    """Return an entry with our tags; without any when ``environment`` is empty."""
    tags = {
        "meridian-platform": "meridian",
        "meridian-environment": environment,
        "meridian-region": "east",
        "meridian-role": role,
    }
    return {"id": identity, "state": state, "tags": tags if environment else {}, "extra": {}, **more}
