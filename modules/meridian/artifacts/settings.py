"""Where downloads come from: each mirror is a setting; unset, the client's own configuration holds."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from meridian.common.errors import MeridianError

_VARIABLES = {
    "maven": "MERIDIAN_MAVEN_MIRROR",
    "go": "MERIDIAN_GO_PROXY",
    "pypi": "MERIDIAN_PYPI_INDEX",
    "debian": "MERIDIAN_DEBIAN_MIRROR",
}


@dataclass(frozen=True)
class Mirrors:
    """Mirrors to use in place of what the ordinary clients are configured with.

    :ivar maven: base URL of a Maven repository; unset: ``settings.xml``'s mirror of ``central``, else the
        default of the installed Maven library.
    :ivar go: value for ``GOPROXY``; unset: ``go env``.
    :ivar pypi: URL of a simple index; unset: uv's and pip's configuration.
    :ivar debian: base URL of a Debian archive; unset: this machine's own apt sources.
    """

    maven: str | None = None
    go: str | None = None
    pypi: str | None = None
    debian: str | None = None


def settings_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the user's settings file, ``$XDG_CONFIG_HOME/meridian/settings.yaml``.

    :param environment: environment variables.
    """
    base = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "meridian" / "settings.yaml"


def load(environment: Mapping[str, str] = os.environ, file: Path | None = None) -> Mirrors:
    """Read the mirrors: environment variables win over the ``mirrors:`` section of the settings file.

    :param environment: environment variables, of which ``MERIDIAN_*`` are read.
    :param file: settings file; default :func:`settings_file`. It need not exist.
    :raises MeridianError: the file is no YAML mapping, or names a mirror that does not exist.
    """
    path = file or settings_file(environment)
    written = _section(path)
    known = {field.name for field in fields(Mirrors)}
    if unknown := sorted(set(written) - known):
        raise MeridianError(f"{path}: mirrors: no key {unknown[0]}; there are {', '.join(sorted(known))}")
    values = {name: environment.get(variable) or written.get(name) for name, variable in _VARIABLES.items()}
    return Mirrors(**{name: str(value).rstrip("/") for name, value in values.items() if value})


def _section(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        section = data.get("mirrors") or {}
        return dict(section)
    except (OSError, yaml.YAMLError, AttributeError, TypeError, ValueError) as problem:
        raise MeridianError(f"{path}: no valid settings ({' '.join(str(problem).split())})") from problem
