"""Kafka's own tools, where no Python client can do what they do."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls

REASSIGN = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"
CONFIGS = "kafka.admin.ConfigCommand"
TRANSACTIONS = "org.apache.kafka.tools.TransactionsCommand"
_NAMES = {REASSIGN: "reassignment tool", CONFIGS: "configs tool", TRANSACTIONS: "transactions tool"}
_TOOL_SECONDS = 120

#: Runs a tool: its arguments → what it printed; raises MeridianError when it fails.
Tool = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class JavaTool:
    """One of Kafka's tools, run by the JVM of this node.

    :ivar classpath: a Java argument file with the class path.
    :ivar tls: identity with a keystore, named to the tool in a file of its own; ``None``: no TLS.
    :ivar main: the tool's class.
    """

    bootstrap: str
    tls: Tls | None
    classpath: Path = Path("/opt/meridian/kafka/current/classpath.args")
    main: str = REASSIGN

    def __call__(self, arguments: Sequence[str]) -> str:
        """Run the tool with arguments of its own."""
        with properties(self.tls) as file:
            connection = ["--bootstrap-server", self.bootstrap, "--command-config", file]
            name = _NAMES.get(self.main, self.main)
            return run(name, self.classpath, [self.main, *connection, *arguments])


@contextmanager
def properties(tls: Tls | None) -> Iterator[str]:
    """Write a file of settings by which a tool connects; its name."""
    settings = tls.java() if tls else {}
    with tempfile.NamedTemporaryFile("w", suffix=".properties", encoding="utf-8") as file:
        file.writelines(f"{key}={value}\n" for key, value in settings.items())
        file.flush()
        yield file.name


def run(name: str, classpath: Path, command: Sequence[str]) -> str:
    """Run a class of Kafka's, and return what it printed.

    :param name: what it is called in messages.
    :param classpath: a Java argument file with the class path.
    :param command: the class and its arguments.
    :raises MeridianError: it failed; with its own words.
    """
    flags = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=ERROR"]
    whole = ["java", *flags, f"@{classpath}", *command]
    try:
        done = subprocess.run(whole, capture_output=True, text=True, timeout=_TOOL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise MeridianError(f"{name}: has not ended in {_TOOL_SECONDS} s") from error
    except OSError as error:
        raise MeridianError(f"{name}: {error}") from error
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        said = next((line for line in lines if "Error" in line or "Exception" in line), "no word")
        raise MeridianError(f"{name}: {said.strip()}")
    return done.stdout
