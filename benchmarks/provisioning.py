"""Machines at an EC2 server that turns every tenth call away: how long, and is each made and removed once?

And what our salt-cloud driver takes for one beside libcloud's bare call. Needs no platform:
.platform/venv/bin/python -m benchmarks.provisioning [--nodes 200] [--every 10] [--parallel 8]
"""

import argparse
import collections
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from libcloud.common.base import Connection
from libcloud.compute.base import NodeImage
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.operations import create_machines, providers
from meridian.salt_api.machines import ProviderClient, ProviderMachine
from meridian.topology.model import PortRule

from tests.doubles.ec2_server import Faults, Server
from tests.integration.lifecycle.clouds import ENVIRONMENT, IMAGE, SIZE, Clouds, topology

_ALONE = 20


def main() -> int:
    """Measure, print, and fail when a machine is left or was made twice."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--nodes", type=int, default=200)
    options.add_argument("--every", type=int, default=10, help="which call is turned away; 0 for none")
    options.add_argument("--parallel", type=int, default=8)
    chosen = options.parse_args()
    os.environ |= {"TRIAL_KEY": "key", "TRIAL_SECRET": "secret"}
    # An account of its own for each: what the driver has seen of one stays true.
    with _account(chosen.parallel) as (server, clouds):
        good = _rate_limited(clouds, server, chosen.nodes, chosen.every)
    with _account(chosen.parallel) as (_, clouds):
        _overhead(clouds)
    return 0 if good else 1


@contextmanager
def _account(parallel: int) -> Iterator[tuple[Server, Clouds]]:
    server = Server()
    try:
        with _clouds(server, parallel) as clouds:
            yield server, clouds
    finally:
        server.stop()


@contextmanager
def _clouds(server: Server, parallel: int) -> Iterator[Clouds]:
    with tempfile.TemporaryDirectory(prefix="mb-", dir="/tmp") as folder:
        paths.state = lambda: Path(folder) / "state"
        # Nothing runs in these machines that could answer.
        create_machines._wait = lambda *_: None  # type: ignore[assignment]
        clouds = Clouds(Path(folder), {"east": server})
        clouds.providers["east"] |= {
            "parallel": parallel,
            "retry": {"first": 0.5, "longest": 5.0, "deadline": 600.0},
        }
        clouds.write()
        try:
            yield clouds
        finally:
            clouds.close()


def _rate_limited(clouds: Clouds, server: Server, nodes: int, every: int) -> bool:
    # One rule for all: a security group has room for sixty, and addresses of 200 nodes are more.
    wanted = topology({"east": nodes}, open_ports=(PortRule(22, "tcp", ("operator",)),))
    server.faults(Faults(every=every))
    created = _timed(lambda: clouds.ensure(wanted))
    count = collections.Counter(machine["name"] for machine in server.machines())
    twice = [name for name, number in count.items() if number > 1]
    missing = [node.id for node in wanted.nodes if node.id not in count]
    destroyed = _timed(clouds.destroy)
    orphans = [machine["id"] for machine in server.machines()]
    print(f"{nodes} nodes, every {every}th call turned away, {sum(server.calls().values())} calls:")
    print(f"  created in {created:.1f} s, {len(missing)} missing, {len(twice)} made twice")
    print(f"  destroyed in {destroyed:.1f} s, {len(orphans)} orphans, {len(clouds.keys())} keys left")
    return not (twice or missing or orphans)


def _overhead(clouds: Clouds) -> None:
    """Make machines by the bare call and by our driver, one after the other; print what the second adds."""
    site = ProviderClient(clouds.opts, "east", ENVIRONMENT)
    wanted = topology({"east": _ALONE + 1})
    providers.want({"east": site}, wanted)
    orders = [ProviderMachine(site, one).settings for one in site.missing(()).values()]
    # The first one connects, looks sizes and images up, and makes the security group.
    _driven(site, orders.pop(0))
    conn = site.call("get_conn")
    [size] = [size for size in conn.list_sizes() if size.id == SIZE]
    image, group = NodeImage(IMAGE, IMAGE, conn), "bare"
    conn.ex_create_security_group(group, group)
    bare = _timed(
        lambda: [
            conn.create_node(name=f"bare-{number}", size=size, image=image, ex_security_groups=[group])
            for number in range(_ALONE)
        ]
    )
    with _answers() as waited:
        cpu = time.process_time()
        driven = _timed(lambda: [_driven(site, order) for order in orders])
        cpu = time.process_time() - cpu
    calls = {action: seconds / _ALONE * 1000 for action, seconds in sorted(waited.items())}
    alone, whole, cpu = (seconds / _ALONE * 1000 for seconds in (bare, driven, cpu))
    print(f"one node after the other, {_ALONE} of them, ms per node:")
    print(f"  bare create_node {alone:.0f}, our driver {whole:.0f}: {whole - alone:.0f} more")
    print(f"  our driver's process alone {whole - sum(calls.values()):.0f} (with libcloud {cpu:.0f} CPU)")
    print(f"  calls: {', '.join(f'{action} {spent:.0f}' for action, spent in calls.items())}")


def _driven(site: ProviderClient, order: dict[str, Any]) -> None:
    made = site.call("create", dict(order, profile="east-small", provider="east:libcloud"))
    if not made:
        raise MeridianError(f"{order['name']}: nothing was made")


@contextmanager
def _answers() -> Iterator[dict[str, float]]:
    """Yield the seconds spent in calls over HTTP, by action."""
    waited: dict[str, float] = collections.defaultdict(float)
    original = Connection.request

    def request(self: Any, action: str, params: Any = None, *arguments: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return original(self, action, params, *arguments, **kwargs)
        finally:
            waited[(params or {}).get("Action", action)] += time.perf_counter() - started

    Connection.request = request  # type: ignore[method-assign]
    try:
        yield waited
    finally:
        Connection.request = original  # type: ignore[method-assign]


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
