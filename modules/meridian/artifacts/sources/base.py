"""What every kind of source is, and what it may use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from meridian.artifacts.settings import Mirrors


@dataclass(frozen=True)
class Context:
    """What a source works with.

    :ivar name: artifact's name.
    :ivar version: artifact's version.
    :ivar repository: root of the checkout.
    :ivar folder: folder of the recipe.
    :ivar cache: the user's cache folder; downloads may be kept in it.
    :ivar scratch: folder for what makes the next source of the same run quicker.
    :ivar mirrors: where to download from.
    :ivar needed: returns the unpacked tree of an artifact that the recipe names under ``needs``.
    """

    name: str
    version: str
    repository: Path
    folder: Path
    cache: Path
    scratch: Path
    mirrors: Mirrors
    needed: Callable[[str], Path]


class Source(BaseModel):
    """One place that an artifact can be had from; the fields are the keys of its entry in a recipe."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str

    def describe(self) -> str:
        """Name the source in a report, e.g. ``go example.org/tool@v1``."""
        return self.kind

    def inputs(self, repository: Path, folder: Path) -> Iterable[Path]:
        """List the files of this repository whose content decides the result.

        :param repository: root of the checkout.
        :param folder: folder of the recipe.
        """
        return ()

    def identity(self) -> str:
        """Return what else decides the result, beside the recipe and files of this repository."""
        return ""

    def fetch(self, into: Path, context: Context) -> None:
        """Put the artifact's files into a folder.

        :param into: empty folder.
        :param context: what it may use.
        :raises MeridianError: it can't; in one line, why.
        """
        raise NotImplementedError
