"""What has to run on the controller before Salt can be asked for anything; each step prints one line."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from meridian.cli import runners
from meridian.cloud import addresses
from meridian.common import paths
from meridian.salt_api import accounts, master

_EVERYWHERE = "0.0.0.0"


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


def ensure(environment: str, network: str | None = None, local: bool = True, remote: bool = False) -> None:
    """Have the private Salt master up; for the local cloud a Docker engine and the platform's bridge as well.

    The master listens on that bridge and nowhere else, until there are machines at clouds, which reach it
    over this machine's other addresses.

    :param environment: name of the environment that is to be worked on.
    :param network: the /16 that the pillar wishes for this clone; the first free one when not given.
    :param local: whether any of its regions is in the local cloud.
    :param remote: whether any of its regions is at another provider.
    :raises MeridianError: with what is missing and how to get it.
    """
    state = paths.state()
    for folder in (state, state / "log", state / "run", state / "secrets"):
        folder.mkdir(parents=True, exist_ok=True)
    (state / "secrets").chmod(0o700)
    names = [_ground(environment, network)] if local else []
    address = names[0] if local else _EVERYWHERE
    if remote or addresses.environments():
        address = _EVERYWHERE
        names += accounts.master_addresses(runners.options())
    with step("Salt master") as done:
        if master.ensure(address, names):
            done.append(f"started on {address}")
    if not master.speaks_tls():
        print(
            "  The nodes were made when Salt did not speak TLS: it stays with ZeroMQ until all are recreated",
            file=sys.stderr,
        )


def _ground(environment: str, network: str | None) -> str:
    """Have what the local cloud stands on; return the address of the platform's bridge."""
    from meridian.cloud.local import allocation, engine, limits, networks

    with step("Docker engine") as done:
        if engine.ensure():
            done.append("started")
    with step("Kernel limits:") as done:
        done += limits.ensure()
    with step("Network of the platform") as done:
        allotted = allocation.ensure(environment, wish=network)
        if networks.ensure_management(allotted):
            done.append(f"{allotted.network} made")
    return allotted.master_address


def down() -> list[str]:
    """Stop what this clone started on the controller: the Salt master, and its Docker engine if it has one.

    :return: what was stopped, in words.
    """
    from meridian.cloud.local import engine

    stopped = []
    if master.stop():
        stopped.append("Salt master")
    if engine.stop():
        stopped.append("Docker engine")
    return stopped
