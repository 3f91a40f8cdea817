"""What a service's launcher says it reads at its start: names and sums, by which a change since is found."""

import subprocess
from pathlib import Path

from meridian.common.errors import MeridianError


def take(script: Path, formula: str) -> dict[str, str]:
    """Ask a launcher what there is now.

    :param script: launcher that knows ``fingerprint``.
    :param formula: formula that writes it, for the message.
    :return: name of each file or artifact → its sum or version.
    :raises MeridianError: the launcher is missing or fails.
    """
    try:
        done = subprocess.run(
            [str(script), "fingerprint"], capture_output=True, text=True, check=True, timeout=30
        )
    except subprocess.CalledProcessError as error:
        raise MeridianError(f"{script} fingerprint: {error.stderr.strip()}") from error
    except OSError as error:
        raise MeridianError(f"{script}: {error.strerror}; apply the {formula} state first") from error
    return parse(done.stdout)


def parse(text: str) -> dict[str, str]:
    """Read lines of ``<sum or version>  <name>``; return name → sum or version."""
    pairs = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return {name.strip(): version for version, name in pairs}
