"""What an agent is told by its flags: checked, and read."""

import os
import shutil
import ssl
from pathlib import Path

from ..flags import Flags, refuse
from ..resources import Resources, parse

_ISOLATORS = ("posix/cpu", "posix/mem", "posix/disk", "posix/rlimits", "filesystem/posix", "filesystem/linux")
_ISOLATOR_FAMILIES = (
    "cgroups/", "cgroups2/", "namespaces/", "disk/", "network/", "docker/", "volume/", "linux/",
    "environment_secret",    "appc/", "gpu/",
)  # fmt: skip
_LEAST = {"cpus", "mem", "disk", "ports"}


def check(flags: Flags) -> None:
    """Refuse what real agents refuse; ends the program then."""
    if not flags.text("master") and not flags.text("master_detector"):
        refuse("Missing required option `--master` or `--master_detector`.")
    if not flags.text("work_dir"):
        refuse("Missing required option --work_dir")
    for name in (flags.text("isolation") or "posix/cpu,posix/mem").split(","):
        if name not in _ISOLATORS and not name.startswith(_ISOLATOR_FAMILIES):
            refuse(
                "Failed to create a containerizer: Could not create MesosContainerizer: "
                f"Unknown or unsupported isolator '{name}'"
            )
    if (flags.text("launcher") or "posix") not in ("linux", "posix"):
        refuse(f"Failed to create a containerizer: Unknown or unsupported launcher: {flags.text('launcher')}")
    if flags.text("recover", "reconnect") not in ("reconnect", "cleanup"):
        refuse(
            "Unknown option for 'recover' flag "
            + str(flags.text("recover"))
            + "\nUse 'reconnect' or 'cleanup'"
        )
    _check_executors(flags)


def _check_executors(flags: Flags) -> None:
    """Refuse what real agents refuse, and at once what would keep a real one's executors from subscribing."""
    if flags.flag("authenticate_http_executors"):
        key = flags.text("jwt_secret_key")
        if not key:
            refuse("--jwt_secret_key must be specified when --authenticate_http_executors is set to true")
        if not os.access(key, os.R_OK):
            refuse("Failed to read the file specified by --jwt_secret_key")
    if os.environ.get("LIBPROCESS_SSL_ENABLED") != "true":
        return
    if flags.flag("http_executor_domain_sockets"):
        refuse("With TLS, real agents wait on their domain socket for a handshake: SUBSCRIBE would fail")
    given = flags.json("executor_environment_variables") or {}
    if given.get("LIBPROCESS_SSL_ENABLED") != "true":
        refuse("Executors of an agent with TLS can't subscribe without: LIBPROCESS_SSL_ENABLED")
    for name in ("KEY_FILE", "CERT_FILE", "CA_FILE"):
        file = Path(given.get(f"LIBPROCESS_SSL_{name}", "/nowhere"))
        if not file.is_file() or not file.stat().st_mode & 0o004:
            refuse(f"Executors can't start: LIBPROCESS_SSL_{name}: {file} is not theirs to read")
    own = ssl.create_default_context(cafile=os.environ.get("LIBPROCESS_SSL_CA_FILE"))
    if not own.get_ca_certs():
        refuse(f"Could not load CA file {os.environ.get('LIBPROCESS_SSL_CA_FILE')}")


def resources(flags: Flags) -> Resources:
    """Return what the agent offers: what it is told, and what it finds out of the rest."""
    text = flags.text("resources") or ""
    try:
        found = parse(text, flags.text("default_role") or "*")
    except ValueError as problem:
        refuse(f"Failed to determine agent resources: {problem}")
    missing = _LEAST - {one["name"] for one in found.json()}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    folder = Path(flags.text("work_dir") or "/")
    while not folder.exists():
        folder = folder.parent
    disk = shutil.disk_usage(folder).total // 2**20
    defaults = {
        "cpus": f"cpus:{os.cpu_count()}",
        "mem": f"mem:{memory - 1024 if memory > 2048 else memory // 2}",
        "disk": f"disk:{disk - 5120 if disk > 10240 else disk // 2}",
        "ports": "ports:[31000-32000]",
    }
    role = flags.text("default_role") or "*"
    return found + parse(";".join(defaults[name] for name in sorted(missing)), role)


def size(text: str) -> int:
    """Read an amount such as ``2GB``."""
    for unit, factor in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10), ("B", 1)):
        if text.endswith(unit):
            return int(float(text.removesuffix(unit)) * factor)
    return refuse(f"Failed to load flag 'fetcher_cache_size': Unknown bytes unit in '{text}'")
