"""Errors of runners in one line: ``salt-run`` prints a traceback of what they raise, but for one class."""

import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import salt.exceptions

from meridian.common import crashes
from meridian.common.errors import MeridianError


def in_one_line(module: dict[str, Any]) -> None:
    """Ensure that the runners of a module tell their errors in one line; called at the module's end.

    An error of ours stays of its class, for callers in Python. Any other is a defect: its traceback is kept,
    and the line says where.

    :param module: the module's ``globals()``.
    """
    for name, held in list(module.items()):
        if isinstance(held, FunctionType) and held.__module__ == module["__name__"] and name[0] != "_":
            module[name] = _told(held)


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def runner(*arguments: Any, **keywords: Any) -> Any:
        try:
            return function(*arguments, **keywords)
        except MeridianError as error:
            error.__class__ = _plain(type(error))  # type: ignore[arg-type]
            raise
        except Exception as error:
            name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
            raise _plain(MeridianError)(crashes.told(name, error)) from error

    # Salt looks at it to tell wrong arguments.
    runner.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return runner


@functools.cache
def _plain(of: type[MeridianError]) -> type[MeridianError]:
    """Return a class of errors of which Salt prints the text alone (``salt/client/mixins.py``, 3008.3)."""
    if issubclass(of, salt.exceptions.NotImplemented):
        return of
    return type(of.__name__, (of, salt.exceptions.NotImplemented), {"__module__": of.__module__})
