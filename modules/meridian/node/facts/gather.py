"""Everything that ``tests/infra`` asserts of a node, in one call."""

import socket
from pathlib import Path
from typing import Any

from meridian.node.facts import files, sockets, units

_DATA = "/var/lib/meridian/*"
_LOOKED_AT = (
    "/etc/meridian/**/*",
    _DATA,
    "/opt/meridian/*/current",
)
# Certificates only. The keystores beside them hold keys and must never travel.
_CERTIFICATES = "/etc/meridian/pki/*.pem"
_ARCHIVER = "/run/meridian/archive/status.json"


def gather() -> dict[str, Any]:
    """Return the facts of this node.

    :return: ``hostname``, ``units``, ``failed``, ``journal``, ``listeners``, ``files``, ``used_percent`` (of
        the disk of each folder with data), ``certificates``, ``users``, ``processes``, ``artifacts``
        (name to installed version) and ``archiver`` (path to what the archiver says about itself, JSON).
    """
    found = files.read(_LOOKED_AT)
    certificates = [path for path in map(str, Path("/").glob(_CERTIFICATES[1:])) if "keystore" not in path]
    return {
        "hostname": socket.gethostname(),
        "units": units.read(),
        "failed": units.failed(),
        "journal": units.in_journal(),
        "listeners": sockets.with_tls(sockets.read()),
        "files": found,
        "used_percent": files.used_percent([_DATA]),
        "certificates": files.texts(certificates),
        "users": files.users(),
        "processes": files.processes(),
        "archiver": files.texts([_ARCHIVER] if Path(_ARCHIVER).is_file() else []),
        "artifacts": {
            path.split("/")[3]: Path(facts["target"]).name
            for path, facts in found.items()
            if path.startswith("/opt/meridian/") and "target" in facts
        },
    }
