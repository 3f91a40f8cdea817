"""Jars of a Maven repository, each pinned by its SHA-256. Nothing is resolved: the recipe lists them all."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from meridian.artifacts import download, maven_settings
from meridian.artifacts.sources.base import Context, Source

_CONNECTIONS = 8
Coordinates = Annotated[str, Field(pattern=r"^[\w.-]+:[\w.-]+:[\w.+-]+(:[\w.-]+)?$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Maven(Source):
    """Files of a Maven repository.

    :ivar jars: ``group:artifact:version[:packaging]`` → SHA-256.
    :ivar folder: where in the artifact they go.
    :ivar classpath: name of a Java argument file to write as well: ``-cp`` with all jars in one fixed order
        under ``/opt/meridian/<name>/current``. A class data sharing archive holds for that very order only.
    """

    kind: Literal["maven"]
    jars: dict[Coordinates, Sha256] = Field(min_length=1)
    folder: str = "libs"
    classpath: str | None = None

    def describe(self) -> str:
        """Name the source by its first coordinates."""
        return f"maven {next(iter(self.jars))} and {len(self.jars) - 1} more"

    def fetch(self, into: Path, context: Context) -> None:
        """Download the jars, eight at a time."""
        base = context.mirrors.maven or maven_settings.central()
        target = into / self.folder
        target.mkdir(parents=True)
        with download.session() as http, ThreadPoolExecutor(_CONNECTIONS) as pool:

            def one(coordinates: str, expected: str) -> None:
                path = repository_path(coordinates)
                kept = download.fetch(http, f"{base}/{path}", "sha256", expected, context.cache / "downloads")
                shutil.copyfile(kept, target / Path(path).name)

            for done in [pool.submit(one, *jar) for jar in self.jars.items()]:
                done.result()
        if self.classpath:
            place = f"/opt/meridian/{context.name}/current/{self.folder}"
            jars = [f"{place}/{jar.name}" for jar in sorted(target.glob("*.jar"))]
            (into / self.classpath).write_text(f"-cp {':'.join(jars)}\n", encoding="utf-8")


def repository_path(coordinates: str) -> str:
    """Return where a Maven repository keeps a file.

    :param coordinates: ``group:artifact:version[:packaging]``.
    :return: path below the repository's base URL.
    """
    group, artifact, version, *packaging = coordinates.split(":")
    extension = packaging[0] if packaging else "jar"
    return f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.{extension}"
