"""Moving replicas: by Kafka's own tool, as no Python client can; bounded in traffic, and verified."""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from meridian.errors import MeridianError
from meridian.kafka import client as kafka_client
from meridian.kafka import cluster as kafka_cluster
from meridian.tls import Tls

_TOOL = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"
#: Settings that a topic has while its replicas move.
THROTTLES = ("leader.replication.throttled.replicas", "follower.replication.throttled.replicas")
_POLL_SECONDS = 0.5
_TOOL_SECONDS = 120
_SETTLE_SECONDS = 5.0
_VERIFICATIONS = 4

#: Runs the tool: its arguments → what it printed; raises MeridianError when it fails.
Tool = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class JavaTool:
    """Kafka's reassignment tool, run by the JVM of this node.

    :ivar classpath: a Java argument file with the class path.
    :ivar tls: identity with a keystore; its files are named to the tool in a file of its own.
    """

    bootstrap: str
    tls: Tls
    classpath: Path = Path("/opt/meridian/kafka/current/classpath.args")

    def __call__(self, arguments: Sequence[str]) -> str:
        """Run the tool with arguments of its own."""
        flags = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=ERROR"]
        with tempfile.NamedTemporaryFile("w", suffix=".properties", encoding="utf-8") as file:
            file.writelines(f"{key}={value}\n" for key, value in self.tls.java().items())
            file.flush()
            connection = ["--bootstrap-server", self.bootstrap, "--command-config", file.name]
            command = ["java", *flags, f"@{self.classpath}", _TOOL, *connection, *arguments]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=_TOOL_SECONDS, check=False
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise MeridianError(f"reassignment tool: {error}") from error
        if done.returncode:
            lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            said = next((line for line in lines if "Error" in line or "Exception" in line), "no word")
            raise MeridianError(f"reassignment tool: {said.strip()}")
        return done.stdout


def reassign(
    admin: AdminClient,
    tool: Tool,
    topic: str,
    replicas: Mapping[int, Sequence[int]],
    throttle_bytes: int,
    deadline: float = 3600,
) -> None:
    """Give partitions of a topic new replicas, and return when each has exactly them, all in sync.

    1. Start, with the replication traffic that it causes bounded. 2. Look at the cluster until it is so.
    3. Let the tool take the bound away, and see that it is gone. When the time is up, the replicas go on to
    move within the bound, and the next run finishes what is left.

    :param replicas: partition → broker ids, the preferred leader first.
    :param throttle_bytes: bytes per second and broker, for the moving replicas only.
    :param deadline: seconds to wait at most.
    :raises MeridianError: the tool refuses, the time is up, or the replicas are not the wanted ones.
    """
    moves = [
        {"topic": topic, "partition": number, "replicas": list(brokers)}
        for number, brokers in sorted(replicas.items())
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"version": 1, "partitions": moves}, file)
        file.flush()
        plan = ["--reassignment-json-file", file.name]
        # --additional: an interrupted run may have left some of it under way.
        tool([*plan, "--execute", "--additional", "--throttle", str(throttle_bytes)])
        _await(admin, topic, replicas, deadline)
        for _ in range(_VERIFICATIONS):
            # A broker that has not heard yet of the end lets the tool leave the bound where it is.
            tool([*plan, "--verify"])
            if not _still_throttled(admin, topic):
                return
    raise MeridianError(f"topic {topic}: replicas were moved, but their traffic is still bounded")


def _still_throttled(admin: AdminClient, topic: str) -> bool:
    """Give the brokers some seconds to hear that the bound is gone."""
    until = time.monotonic() + _SETTLE_SECONDS
    while throttled(admin, topic):
        if time.monotonic() > until:
            return True
        time.sleep(0.1)
    return False


def throttled(admin: AdminClient, topic: str) -> bool:
    """Return whether the traffic of a topic's replicas is bounded: a reassignment has not ended."""
    resource = ConfigResource(ResourceType.TOPIC, topic)
    (entries,) = kafka_client.results(admin.describe_configs([resource]), "settings of topic").values()
    return any(entries[key].value for key in THROTTLES if key in entries)


def _await(admin: AdminClient, topic: str, replicas: Mapping[int, Sequence[int]], deadline: float) -> None:
    until = time.monotonic() + deadline
    while wrong := _wrong(admin, topic, replicas):
        if time.monotonic() > until:
            raise MeridianError(
                f"topic {topic}: replicas still move after {deadline:.0f} s: {', '.join(wrong)}"
            )
        time.sleep(_POLL_SECONDS)


def _wrong(admin: AdminClient, topic: str, replicas: Mapping[int, Sequence[int]]) -> list[str]:
    """Return the partitions whose replicas are not the wanted ones, or not all in sync."""
    seen = {part.number: part for part in kafka_cluster.describe(admin).partitions if part.topic == topic}
    return [
        f"{topic}/{number}"
        for number, brokers in sorted(replicas.items())
        if number not in seen
        or seen[number].replicas != tuple(brokers)
        or set(seen[number].in_sync) != set(brokers)
    ]
