"""Where Maven itself would download from: ``settings.xml``'s mirror, else the default of its own library.

So no host name stands in this repository, and a company's mirror holds here as it does for ``mvn``.
"""

import os
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from meridian.common.errors import MeridianError

_SUPER_POM = "org/apache/maven/model/pom-4.0.0.xml"
_DEBIAN_JARS = Path("/usr/share/java")


def central() -> str:
    """Return the base URL of the repository that Maven calls ``central``, without a slash at its end.

    :raises MeridianError: nothing on this machine says so; tells what to install or set.
    """
    for file in settings_files():
        if file.exists() and (mirror := mirror_of_central(file)):
            return mirror
    for jar in _model_builders():
        if url := default_of(jar):
            return url
    raise MeridianError(
        "no Maven repository is known on this machine: install Debian's libmaven3-core-java (or Maven), "
        "or set MERIDIAN_MAVEN_MIRROR"
    )


def settings_files() -> list[Path]:
    """Return Maven's settings files, the user's own first."""
    return [Path.home() / ".m2/settings.xml", Path("/etc/maven/settings.xml")]


def mirror_of_central(file: Path) -> str | None:
    """Return the mirror that a ``settings.xml`` has for ``central``.

    :param file: settings file.
    :raises MeridianError: it is no XML.
    """
    try:
        root = ElementTree.parse(file).getroot()
    except ElementTree.ParseError as problem:
        raise MeridianError(f"{file}: not readable as XML ({problem})") from problem
    for mirror in root.iter():
        if _name(mirror) != "mirror":
            continue
        values = {_name(child): (child.text or "").strip() for child in mirror}
        patterns = {pattern.strip() for pattern in values.get("mirrorOf", "").split(",")}
        wanted = patterns & {"*", "central", "external:*"} and "!central" not in patterns
        if wanted and values.get("url"):
            return values["url"].rstrip("/")
    return None


def default_of(jar: Path) -> str | None:
    """Return the default repository that is built into Maven: the one of the super POM.

    :param jar: Maven's model builder library.
    """
    try:
        with zipfile.ZipFile(jar) as library:
            root = ElementTree.fromstring(library.read(_SUPER_POM))
    except (OSError, KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return None
    for repository in root.iter():
        values = {_name(child): (child.text or "").strip() for child in repository}
        if _name(repository) == "repository" and values.get("id") == "central":
            return values["url"].rstrip("/")
    return None


def _name(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _model_builders() -> Iterable[Path]:
    homes = [Path(os.environ[name]) for name in ("MAVEN_HOME", "M2_HOME") if os.environ.get(name)]
    if mvn := shutil.which("mvn"):
        homes.append(Path(mvn).resolve().parent.parent)
    for home in homes:
        yield from sorted((home / "lib").glob("*model-builder*.jar"))
    yield from sorted(_DEBIAN_JARS.glob("maven3-model-builder*.jar"))
