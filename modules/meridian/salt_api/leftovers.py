"""What Salt's own classes leave to the garbage collector, closed while the interpreter still is whole.

``salt-run state.orchestrate`` destroys none of the minions and clients that it makes. They are collected as
the process ends, load returners when it has forgotten how to import, and print tracebacks under a summary in
which all is well. Before that, each warns that somebody ought to have closed it.
"""

import atexit
import functools
import gc
import logging

import salt.minion
import salt.runner

_WARNING = "unclosed "


@functools.cache
def collect_between_steps() -> None:
    """Ensure that garbage is collected only when :func:`collect` asks for it.

    The finalizers of Salt's objects import modules. One that runs while its thread is importing makes
    CPython 3.11 fail that import with ``KeyError: <thread id>`` (gh-106176), and Salt's loader then lacks a
    module for good.
    """
    gc.disable()


def collect() -> None:
    """Collect garbage now: between two steps nothing is being imported."""
    if not gc.isenabled():
        gc.collect()


@functools.cache
def close_at_exit() -> None:
    """See to it that this process ends without a word about Salt's own objects."""
    atexit.register(_close)
    # The last resort, too: Salt takes its handlers away before it is done.
    for handler in (*logging.getLogger().handlers, logging.lastResort):
        if handler is not None:
            handler.addFilter(_tells_operators)


def _tells_operators(record: logging.LogRecord) -> bool:
    """Say whether a record is none of those that tell Salt's authors of an object that was not closed."""
    return not (record.levelno == logging.WARNING and str(record.msg).startswith(_WARNING))


def _close() -> None:
    for one in gc.get_objects():
        # By its type alone: some objects answer a question about their class with an exception.
        if issubclass(type(one), salt.minion.MasterMinion):
            # It would load every returner there is, to ask each whether it wants to be closed.
            one.returners = None
            one.destroy()
            one.functions = one.utils = None
        elif issubclass(type(one), salt.runner.RunnerClient):
            one.destroy()
