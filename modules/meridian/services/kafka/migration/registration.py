"""Which brokers the controllers know, and making them forget one: by Kafka's own tool."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka import java

_TOOL = "org.apache.kafka.tools.ClusterTool"


class Registry(Protocol):
    """Who knows which brokers are registered."""

    def registered(self) -> frozenset[int]:
        """Return the ids of all registered brokers, those that are down among them."""

    def unregister(self, broker: int) -> None:
        """Make the controllers forget a broker that is down.

        :raises MeridianError: they refuse.
        """


@dataclass(frozen=True)
class ClusterTool:
    """Kafka's tool, run by the JVM of this node.

    :ivar bootstrap: ``host:port,…`` of brokers.
    :ivar tls: identity with a keystore.
    :ivar classpath: a Java argument file with the class path.
    """

    bootstrap: str
    tls: Tls
    classpath: Path = Path("/opt/meridian/kafka/current/classpath.args")

    def registered(self) -> frozenset[int]:
        """Return the ids of all registered brokers, those that are down among them."""
        said = self._run("list-endpoints", "--include-fenced-brokers")
        found = frozenset(_ids(said))
        if not found:
            raise MeridianError(f"cluster tool: tells no brokers, but: {' '.join(said.split())[:200]}")
        return found

    def unregister(self, broker: int) -> None:
        """Make the controllers forget a broker that is down.

        :raises MeridianError: they refuse.
        """
        said = self._run("unregister", "--id", str(broker))
        if "no longer registered" not in said:
            raise MeridianError(f"broker {broker} cannot be unregistered: {' '.join(said.split())[:200]}")

    def _run(self, verb: str, *arguments: str) -> str:
        with java.properties(self.tls) as file:
            connection = ["--bootstrap-server", self.bootstrap, "--config", file]
            return java.run("cluster tool", self.classpath, [_TOOL, verb, *connection, *arguments])


def _ids(text: str) -> Iterator[int]:
    """Yield the first column of a table with a header."""
    for line in text.splitlines():
        if found := re.match(r"(\d+)\s", line):
            yield int(found[1])
