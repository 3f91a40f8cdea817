"""What an archive of a Maven repository holds, pinned by its SHA-256: a distribution, not a library."""

from pathlib import Path
from typing import Literal

from meridian.artifacts import download, maven_settings
from meridian.artifacts.sources.base import Context, Source
from meridian.artifacts.sources.maven import Coordinates, Sha256, repository_path
from meridian.artifacts.sources.url import place


class MavenArchive(Source):
    """A tar or zip of a Maven repository, unpacked.

    :ivar file: ``group:artifact:version:packaging``.
    :ivar sha256: its sum.
    :ivar strip: leading folders to drop from the archive's paths.
    """

    kind: Literal["maven_archive"]
    file: Coordinates
    sha256: Sha256
    strip: int = 0

    def describe(self) -> str:
        """Name the source by its coordinates."""
        return f"maven {self.file}"

    def fetch(self, into: Path, context: Context) -> None:
        """Download it, check it, unpack it."""
        base = context.mirrors.maven or maven_settings.central()
        url = f"{base}/{repository_path(self.file)}"
        with download.session() as http:
            kept = download.fetch(http, url, "sha256", self.sha256, context.cache / "downloads")
        place(kept, into, "", unpack=True, strip=self.strip)
