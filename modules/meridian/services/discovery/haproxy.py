"""The runtime API of HAProxy: a Unix socket, a line in, an answer out."""

import socket
from collections.abc import Sequence
from pathlib import Path

from meridian.services.discovery.model import DiscoveryError, Endpoint, Slot

_SECONDS = 5.0
# Bits of srv_admin_state: asked for over the API, inherited from another server.
_IN_MAINTENANCE = 0x01 | 0x02
_UP = ("1", "2")


class RuntimeApi:
    """A running HAProxy.

    :param path: its socket.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def state(self) -> str:
        """Return all servers as HAProxy writes them down: what its server state file may hold.

        :raises DiscoveryError: it does not answer.
        """
        return self._ask("show servers state")

    def run(self, commands: Sequence[str]) -> None:
        """Run commands that change servers, and stop at the first that is refused.

        :raises DiscoveryError: it does not answer, or refuses; with its own words.
        """
        for command in commands:
            said = " ".join(self._ask(command).split())
            # A changed address is told, a changed state is not.
            if said and "changed from" not in said and "no need to change" not in said:
                raise DiscoveryError(f"the proxy refuses '{command}': {said}")

    def _ask(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
                channel.settimeout(_SECONDS)
                channel.connect(str(self._path))
                channel.sendall(f"{command}\n".encode())
                answer = b""
                while piece := channel.recv(65536):
                    answer += piece
        except OSError as error:
            reason = error.strerror or error
            raise DiscoveryError(f"the proxy does not answer at {self._path}: {reason}") from error
        return answer.decode(errors="replace")


def parse(text: str) -> list[Slot]:
    """Return the servers of what ``show servers state`` answered.

    :raises DiscoveryError: it is something else.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or lines[0] != "1" or not lines[1].startswith("# "):
        raise DiscoveryError(f"the proxy does not tell its servers, but: {' '.join(text.split())[:100]}")
    names = lines[1][2:].split()
    return [_slot(dict(zip(names, line.split(), strict=False))) for line in lines[2:]]


def _slot(row: dict[str, str]) -> Slot:
    try:
        address, port = row["srv_addr"], int(row["srv_port"])
        known = port > 0 and address not in ("-", "0.0.0.0", "::")
        return Slot(
            row["be_name"],
            row["srv_name"],
            Endpoint(address, port) if known else None,
            not int(row["srv_admin_state"]) & _IN_MAINTENANCE,
            row["srv_op_state"] in _UP,
        )
    except (KeyError, ValueError) as error:
        raise DiscoveryError(f"the proxy tells a server without {error}") from error
