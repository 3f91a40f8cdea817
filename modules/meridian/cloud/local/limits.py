"""Kernel limits of the host that many nodes on one machine run into."""

from collections.abc import Mapping
from pathlib import Path

from meridian.common.errors import MeridianError

WANTED: Mapping[str, int] = {
    # 128 by default: systemd of about the 28th node dies of it without a word.
    "fs.inotify.max_user_instances": 8192,
    # Search nodes map more areas than the default 65530; the value is the host's, not the node's.
    "vm.max_map_count": 262144,
}
REQUIRED = frozenset({"fs.inotify.max_user_instances"})


def ensure(proc: Path = Path("/proc/sys"), wanted: Mapping[str, int] = WANTED) -> list[str]:
    """Raise each limit that is too low.

    :param proc: where the kernel shows its settings.
    :param wanted: lowest acceptable value of each setting.
    :returns: one line for each limit that was raised, or that could not be but is not needed yet.
    :raises MeridianError: a limit that nodes cannot do without is too low and may not be raised.
    """
    told = []
    for name, least in wanted.items():
        path = proc / name.replace(".", "/")
        now = int(path.read_text())
        if now >= least:
            continue
        try:
            path.write_text(f"{least}\n")
        except OSError as problem:
            line = f"{name} is {now}, nodes need {least}: run as root: sysctl -w {name}={least}"
            if name in REQUIRED:
                raise MeridianError(line) from problem
            told.append(line)
        else:
            told.append(f"{name} raised from {now} to {least}")
    return told
