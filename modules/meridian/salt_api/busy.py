"""Minions that apply states already: what Salt has them say to whoever wants others applied."""

from typing import Any

_WORDS = " is running as PID "


def refused(said: Any) -> bool:
    """Say whether a minion's answer to a state job is that other states are being applied there."""
    return isinstance(said, list) and any(_WORDS in str(line) for line in said)
