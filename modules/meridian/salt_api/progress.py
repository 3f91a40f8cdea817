"""Progress of a run on Salt's event bus."""

from collections.abc import Callable
from typing import Any

import salt.utils.event

TAG = "meridian/progress"


def report(opts: dict[str, Any], phase: str, event: str, **data: Any) -> None:
    """Tell whoever follows the run where it stands.

    :param opts: the master's options.
    :param phase: name of the phase, e.g. ``nodes``.
    :param event: ``start``, ``end`` or ``note``.
    :param data: JSON-able details: ``region``, ``done``, ``total``, ``message``, ``ok``.
    """
    with salt.utils.event.get_master_event(opts, opts["sock_dir"], listen=False) as bus:
        bus.fire_event({"phase": phase, "event": event, **data}, f"{TAG}/{phase}/{event}")


def notes(opts: dict[str, Any], phase: str, **data: Any) -> Callable[[str], None]:
    """Return what tells each message that it is given as a note of a phase."""

    def note(message: str) -> None:
        report(opts, phase, "note", message=message, **data)

    return note
