"""A jar compiled from Java sources of this repository against the jars of another artifact."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from meridian.artifacts.commands import program, run
from meridian.artifacts.sources.base import Context, Source
from meridian.common.errors import MeridianError

_EPOCH = (1980, 1, 1, 0, 0, 0)


class Java(Source):
    """``javac`` and a jar.

    :ivar path: folder in the repository that holds ``java/`` and perhaps ``resources/``.
    :ivar jar: the jar's name in the artifact.
    :ivar against: artifact whose jars are on the class path; it stands under ``needs`` as well.
    :ivar release: Java release to compile for.
    """

    kind: Literal["java"]
    path: str
    jar: str
    against: str
    release: int = 17

    def describe(self) -> str:
        """Name the source by its folder."""
        return f"java {self.path}"

    def inputs(self, repository: Path, folder: Path) -> Iterable[Path]:
        """The sources."""
        return (repository / self.path,)

    def fetch(self, into: Path, context: Context) -> None:
        """Compile and pack, in sorted order and without times."""
        root = context.repository / self.path
        files = sorted((root / "java").rglob("*.java"))
        if not files:
            raise MeridianError(f"{root}/java: no Java sources")
        libraries = sorted(context.needed(self.against).rglob("*.jar"))
        classes = into.parent / "classes"
        javac = program("javac", "Debian's openjdk-17-jdk-headless")
        classpath = ":".join(str(jar) for jar in libraries)
        quick = ["-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"]
        flags = [*quick, "-proc:none", "-Xlint:all", "-encoding", "UTF-8"]
        run([javac, *flags, "--release", str(self.release), "-cp", classpath, "-d", classes, *files])
        with zipfile.ZipFile(into / self.jar, "w", zipfile.ZIP_DEFLATED) as jar:
            _add(jar, "META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n\r\n")
            for folder in (classes, root / "resources"):
                for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                    _add(jar, str(file.relative_to(folder)), file.read_bytes())


def _add(jar: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    jar.writestr(entry, content)
