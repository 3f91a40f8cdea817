"""An environment at one or several EC2 servers: our runner functions and salt-cloud driver, no minions."""

from pathlib import Path
from typing import Any

import salt.channel.server
import salt.config
import salt.utils.process
import yaml
from meridian.operations import create_machines, destroy_machines
from meridian.salt_api.machines import accepted_keys
from meridian.topology.model import Addresses, Node, PortRule, Region, Topology, Volume

from tests.doubles.ec2_server import Server

ENVIRONMENT = "trial"
IMAGE = "ami-03cf127a"
SIZE = "t3.micro"
# Pauses that a test can wait for; what they are for is the same.
RETRY = {"first": 0.05, "longest": 0.4, "deadline": 60.0}
_KINDS = {"kafka": ("kafka",), "workers": ("connect",)}


class Clouds:
    """Configuration, keys and event bus of a controller.

    :param folder: where all of it lies.
    :param servers: the server that each provider alias speaks to.
    """

    def __init__(self, folder: Path, servers: dict[str, Server]) -> None:
        self.folder = folder
        self.providers: dict[str, dict[str, Any]] = {
            alias: {
                "driver": "libcloud",
                "provider": "ec2",
                "key": {"env": "TRIAL_KEY"},
                "secret": {"env": "TRIAL_SECRET"},
                "arguments": {
                    "region": "us-east-1",
                    "host": "127.0.0.1",
                    "port": server.port,
                    "secure": False,
                    "signature_version": "4",
                },
                "bootstrap": "userdata",
                "minion": {"master": "192.0.2.1"},
                "retry": dict(RETRY),
                "parallel": 4,
            }
            for alias, server in servers.items()
        }
        self.profiles: dict[str, dict[str, Any]] = {
            f"{alias}-small": {"provider": alias, "size": SIZE, "image": IMAGE} for alias in servers
        }
        (folder / "master").write_text("")
        (folder / "cloud").write_text("")
        self.write()
        self._bus = salt.utils.process.ProcessManager()
        channel = salt.channel.server.MasterPubServerChannel.factory(self.opts)
        channel.pre_fork(self._bus)
        assert channel.transport.started.wait(30)

    def write(self) -> None:
        """Write providers and profiles as they are set now."""
        for name, held in (("providers", self.providers), ("profiles", self.profiles)):
            target = self.folder / f"cloud.{name}.d"
            target.mkdir(exist_ok=True)
            (target / "trial.conf").write_text(yaml.safe_dump(held))

    @property
    def opts(self) -> dict[str, Any]:
        """The master's options."""
        found = dict(salt.config.master_config(str(self.folder / "master")))
        found |= {"root_dir": str(self.folder), "conf_file": str(self.folder / "master")}
        for key, name in (("pki_dir", "pki"), ("sock_dir", "s"), ("cachedir", "cache")):
            (self.folder / name).mkdir(exist_ok=True)
            found[key] = str(self.folder / name)
        return found

    def close(self) -> None:
        """End the event bus."""
        self._bus.terminate()
        self._bus.kill_children()

    def ensure(self, topology: Topology) -> dict[str, Any]:
        """Have the environment's machines."""
        return create_machines.ensure(self.opts, topology, parallel=4, timeout=1)

    def destroy(self) -> dict[str, Any]:
        """Take them away."""
        return destroy_machines.destroy(self.opts, ENVIRONMENT, confirmed=True, parallel=4)

    def keys(self) -> set[str]:
        """Return the ids of accepted minion keys."""
        return accepted_keys(self.opts, "")


def topology(counts: dict[str, int], group: str = "kafka", **more: Any) -> Topology:
    """Return an environment with one region of a size at each provider.

    :param counts: number of nodes by provider alias.
    :param group: ``kafka`` or ``workers``.
    :param more: further arguments of each node.
    """
    regions = tuple(
        Region(
            name=f"r{index}",
            index=index,
            zones=("us-east-1a",),
            is_central=not index,
            nodes=tuple(_node(f"r{index}", alias, group, number + 1, more) for number in range(count)),
            settings={"firewall": {"operator": ["203.0.113.7/32"]}},
            kafka_bootstrap_internal="",
            kafka_bootstrap_external="",
            provider=alias,
            kind="ec2",
            location="us-east-1",
        )
        for index, (alias, count) in enumerate(counts.items())
    )
    return Topology(ENVIRONMENT, next(iter(counts)), "r0", regions, ())


def _node(region: str, provider: str, group: str, number: int, more: dict[str, Any]) -> Node:
    name = f"{group}-{number}"
    node = f"{name}.{region}.{ENVIRONMENT}"
    settings: dict[str, Any] = {
        "zone": "us-east-1a",
        "volumes": (Volume("kafka-data", 20, "gp3", "/var/lib/kafka"),),
        "open_ports": (PortRule(22, "tcp", ("operator",)), PortRule(9092, "tcp", ("region",))),
        **more,
    }
    return Node(
        id=node,
        name=name,
        group=group,
        index=number,
        environment=ENVIRONMENT,
        region=region,
        roles=_KINDS[group],
        profile=f"{provider}-small",
        addresses=Addresses(node, node, node),
        provider=provider,
        size="small",
        **settings,
    )
