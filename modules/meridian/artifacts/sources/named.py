"""An archive that the user names: software that no registry carries, or another build of it."""

import os
import re
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from meridian.artifacts import download
from meridian.artifacts.sources.base import Context, Source
from meridian.artifacts.sources.url import place
from meridian.common.errors import MeridianError

_NO_URL = "expected a path, or https://…#sha512=<128 hexadecimal digits>"
_URL = re.compile(r"^(?P<url>https?://[^#]+)#sha512=(?P<sum>[0-9a-f]{128})$")


class Named(Source):
    """What ``MERIDIAN_<SETTING>_ARTIFACT`` names: a tar or zip archive, by path or URL.

    One folder at the archive's top, as releases have it, is dropped from its paths.

    :ivar setting: name in the variable, in small letters.
    :ivar layout: files that it must have, ``*`` and ``**`` as in shells.
    :ivar advice: where to get one, told who has not named any.
    """

    kind: Literal["named"]
    setting: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    layout: tuple[str, ...] = ()
    advice: str = ""

    @property
    def variable(self) -> str:
        """The environment variable that names the archive."""
        return f"MERIDIAN_{self.setting.upper()}_ARTIFACT"

    @property
    def given(self) -> str:
        """What the user has named; empty when nothing."""
        return os.environ.get(self.variable, "").strip()

    def objection(self) -> str:
        """Return why it cannot be fetched, as far as that is known at once; empty where nothing is."""
        if not self.given:
            return f"not set; {self.advice}".removesuffix("; ")
        if "://" in self.given:
            return "" if _URL.match(self.given) else _NO_URL
        archive = Path(self.given).expanduser()
        return "" if archive.is_file() else f"{archive}: no such file"

    def describe(self) -> str:
        """Name the source by its variable."""
        return self.variable

    def inputs(self, repository: Path, folder: Path) -> Iterable[Path]:
        """The archive: when it changes, the artifact does."""
        return (Path(self.given).expanduser(),) if self.given and "://" not in self.given else ()

    def identity(self) -> str:
        """The URL with its sum: when either changes, the artifact does."""
        return self.given if "://" in self.given else ""

    def fetch(self, into: Path, context: Context) -> None:
        """Download it where it is a URL, and unpack it."""
        if why := self.objection():
            raise MeridianError(why)
        if found := _URL.match(self.given):
            with download.session() as http:
                folder = context.cache / "downloads"
                archive = download.fetch(http, found["url"], "sha512", found["sum"], folder)
        else:
            archive = Path(self.given).expanduser()
        place(archive, into, "", unpack=True, strip=_strip(archive))
        if missing := [path for path in self.layout if not any(into.glob(path))]:
            raise MeridianError(f"{archive}: lacks {', '.join(missing)}; {self.advice}".removesuffix("; "))


def _strip(archive: Path) -> int:
    """Return 1 for an archive with one folder at its top, else 0."""
    if tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tar:
            names = tar.getnames()
    elif zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            names = packed.namelist()
    else:
        raise MeridianError(f"{archive}: neither a tar nor a zip archive")
    inside = [name.removeprefix("./") for name in names]
    tops = {name.split("/", 1)[0] for name in inside} - {"", "."}
    return int(len(tops) == 1 and any("/" in name for name in inside))
