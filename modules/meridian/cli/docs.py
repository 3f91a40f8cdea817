"""``./meridian docs``: the documentation as a site, built by MkDocs from ``docs/`` and from the code."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from meridian.common import paths
from meridian.common.errors import MeridianError

_ADDRESS = "127.0.0.1"


def build(site: Path | None = None) -> Path:
    """Build the site; a warning, such as a link that leads nowhere, fails it.

    :param site: folder to build it into; ``.platform/site`` by default. What was there is replaced.
    :return: that folder.
    :raises MeridianError: with what MkDocs says is wrong.
    """
    site = site or paths.state() / "site"
    done = subprocess.run(
        # Not --quiet: warnings that are not logged are none that --strict would count.
        _mkdocs("build", "--strict", "--site-dir", str(site)),
        cwd=paths.repository(),
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = [line for line in (done.stderr + done.stdout).splitlines() if not line.startswith("INFO")]
        raise MeridianError("the documentation could not be built:\n" + "\n".join(said).strip())
    return site


def serve(port: int) -> int:
    """Serve the documentation on this machine alone until interrupted; an edited page shows at once.

    :param port: on the loopback address.
    :return: MkDocs' exit code.
    :raises MeridianError: when the port cannot be had.
    """
    _check(port)
    try:
        return subprocess.call(
            _mkdocs("serve", "--strict", "--dev-addr", f"{_ADDRESS}:{port}"),
            cwd=paths.repository(),
            env=_environment(),
        )
    except KeyboardInterrupt:
        return 0


def _check(port: int) -> None:
    if not 1 <= port <= 65535:
        raise MeridianError(f"--port: expected 1 to 65535, found {port}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_ADDRESS, port))
        except OSError as error:
            raise MeridianError(f"port {port}: {error.strerror}; name another with --port") from error


def _mkdocs(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mkdocs", *arguments]


def _environment() -> dict[str, str]:
    # Its theme's advertisement of a successor is no warning about these pages.
    return os.environ | {"NO_MKDOCS_2_WARNING": "1"}
