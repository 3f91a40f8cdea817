"""A root file system of Debian packages, by mmdebstrap."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from meridian.artifacts import apt
from meridian.artifacts.commands import program, run
from meridian.artifacts.sources.base import Context, Source

# The JRE's installation fails without the folder; documentation is of no use on a node.
_HOOK = 'mkdir -p "$1/usr/share/man/man1"'
_LEAVE_OUT = (
    "/usr/share/man/*",
    "/usr/share/doc/*",
    "/usr/share/locale/*",
    "/usr/share/i18n/*",
    "/usr/share/info/*",
)
# Keys that every machine would share, and that would make each archive another one.
_AFTERWARDS = 'rm -f "$1"/etc/ssh/ssh_host_*'


class Debian(Source):
    """``mmdebstrap --variant=minbase``.

    :ivar suite: Debian release, e.g. ``bookworm``.
    :ivar packages: what to install beside the essential packages.
    :ivar to: name of the tar file in the artifact.
    """

    kind: Literal["debian"]
    suite: str
    packages: list[str] = Field(min_length=1)
    to: str = "rootfs.tar"

    def describe(self) -> str:
        """Name the source by its release."""
        return f"debian {self.suite}"

    def fetch(self, into: Path, context: Context) -> None:
        """Make the root file system with this machine's own apt sources, or the mirror that is set."""
        sources = apt.sources(self.suite, context.mirrors.debian)
        command = [
            program("mmdebstrap", "Debian's mmdebstrap"),
            "--quiet",
            "--variant=minbase",
            "--format=tar",
            f"--essential-hook={_HOOK}",
            f"--customize-hook={_AFTERWARDS}",
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in _LEAVE_OUT),
            *(f"--aptopt={option}" for option in apt.options()),
            f"--include={','.join(self.packages)}",
            self.suite,
            str(into / self.to),
        ]
        if sources:
            command.append("-")
        try:
            run(command, stdin=sources.encode())
        except Exception:
            (into / self.to).unlink(missing_ok=True)
            raise
