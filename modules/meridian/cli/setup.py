"""What has to run on the controller before Salt can be asked for anything; each step prints one line."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from meridian import paths
from meridian.edge import master


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Print a line with the time a step took, unless it had nothing to do.

    The body appends to the yielded list whatever it did; an empty list prints nothing.
    """
    started = time.monotonic()
    done: list[str] = []
    yield done
    if done:
        text = f"{name} {', '.join(done)}"
        print(f"  {text:<44} {time.monotonic() - started:4.1f}s", file=sys.stderr, flush=True)


def ensure(environment: str, network: str | None = None) -> None:
    """Have a Docker engine, the platform's bridge and the private Salt master up.

    :param environment: name of the environment that is to be worked on.
    :param network: the /16 that the pillar wishes for this clone; the first free one when not given.
    :raises MeridianError: with what is missing and how to get it.
    """
    from meridian.cloud import allotment, engine, limits, networks

    state = paths.state()
    for folder in (state, state / "log", state / "run", state / "secrets"):
        folder.mkdir(parents=True, exist_ok=True)
    (state / "secrets").chmod(0o700)
    with step("Docker engine") as done:
        if engine.ensure():
            done.append("started")
    with step("Kernel limits:") as done:
        done += limits.ensure()
    with step("Network of the platform") as done:
        allotted = allotment.ensure(environment, wish=network)
        if networks.ensure_management(allotted):
            done.append(f"{allotted.network} made")
    with step("Salt master") as done:
        if master.ensure(allotted.master_address):
            done.append(f"started on {allotted.master_address}")


def down() -> list[str]:
    """Stop what this clone started on the controller: the Salt master, and its Docker engine if it has one.

    :return: what was stopped, in words.
    """
    from meridian.cloud import engine

    stopped = []
    if master.stop():
        stopped.append("Salt master")
    if engine.stop():
        stopped.append("Docker engine")
    return stopped
