"""Functions that users know under an older name: they go on working for one release, and say so."""

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

_LOGGER = logging.getLogger(__name__)
_Function = TypeVar("_Function", bound=Callable[..., Any])


def renamed(old: str, new: str, function: _Function) -> _Function:
    """Return a function that is known as ``old``, for a loader to find.

    :param old: its name so far, with its module, e.g. ``mirror.strangers``.
    :param new: its name now.
    :param function: what is called.
    """

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        _LOGGER.warning("%s is now called %s; the old name goes with the next release", old, new)
        return function(*args, **kwargs)

    return called  # type: ignore[return-value]
