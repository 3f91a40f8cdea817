"""How an agent of Mesos, a real one or the double, is started on this machine, without systemd."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meridian.common import paths
from meridian.services.mesos import isolation

_START = paths.repository() / "salt/mesos/files/start-agent"


@dataclass(frozen=True)
class Start:
    """What is added to its command.

    :ivar through: words before the program.
    :ivar flags: words after it.
    :ivar environment: variables.
    """

    through: tuple[str, ...]
    flags: tuple[str, ...]
    environment: Mapping[str, str]


def start(artifact: Path, executors: Mapping[str, str] | None = None) -> Start:
    """Return how to start an agent of an unpacked artifact.

    :param executors: further variables of its executors.
    """
    found = isolation.decide(isolation.mounts(), os.geteuid() == 0).environment()
    hidden = dict(line.split("=", 1) for line in found.splitlines() if line.startswith("MERIDIAN_"))
    library = {"LD_LIBRARY_PATH": str(artifact / "lib")}
    flags = (
        f"--launcher_dir={artifact}/libexec/mesos",
        "--launcher=posix",
        "--isolation=posix/cpu,posix/mem",
        "--no-systemd_enable_support",
        f"--executor_environment_variables={json.dumps({**library, **(executors or {})})}",
    )
    # As its unit does: an agent must not see control groups of both versions.
    return Start(("sh", str(_START)), flags, {**library, **hidden})
