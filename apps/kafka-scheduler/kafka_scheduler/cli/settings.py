"""Where the command line finds the scheduler: in a properties file or the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meridian.common.errors import MeridianError

FILE = Path("/etc/meridian/kafka-scheduler/scheduler.properties")
ELASTIC_FILE = Path("/etc/meridian/elasticsearch-scheduler/scheduler.properties")
#: Environment variable, behind its prefix → key of the properties file.
VARIABLES = {"API": "api", "CA": "api-ca", "USER": "api-user", "SECRET_FILE": "api-secret-file"}


@dataclass(frozen=True)
class ClientSettings:
    """How the scheduler is asked.

    :ivar url: ``https://host:7000``.
    :ivar ca: certificate of the authority that its certificate is from; ``None``: the system's authorities.
    """

    url: str
    user: str
    secret: str
    ca: Path | None = None


def load(
    url: str | None, environment: Mapping[str, str] | None = None, elastic: bool = False
) -> ClientSettings:
    """Return the settings: a URL that is given, else the environment, else the file that it or we name.

    :param url: of the API.
    :param elastic: the scheduler of Elasticsearch is asked; its variables begin with ``ELASTICSEARCH_``.
    :param environment: default: the process' own.
    :raises MeridianError: no URL or secret is to be found, or a file cannot be read.
    """
    environment = os.environ if environment is None else environment
    prefix = "ELASTICSEARCH_SCHEDULER" if elastic else "KAFKA_SCHEDULER"
    named = environment.get(f"{prefix}_CONFIG")
    file = Path(named) if named else (ELASTIC_FILE if elastic else FILE)
    found = properties(file) if named or file.is_file() else {}
    found |= {
        key: environment[f"{prefix}_{name}"]
        for name, key in VARIABLES.items()
        if environment.get(f"{prefix}_{name}")
    }
    url = (url or found.get("api", "")).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise MeridianError(
            f"where is the scheduler? Give --api https://host:7000, {prefix}_API, or api in {file}"
        )
    secret = found.get("api-secret-file")
    if not secret:
        raise MeridianError(
            f"who asks? Name the secret's file: {prefix}_SECRET_FILE, or api-secret-file in {file}"
        )
    ca = found.get("api-ca")
    return ClientSettings(
        url, found.get("api-user") or "api", _read(Path(secret)).strip(), Path(ca) if ca else None
    )


def properties(file: Path) -> dict[str, str]:
    """Return the keys and values of a properties file: ``key=value`` lines, ``#`` and ``!`` for comments.

    :raises MeridianError: it cannot be read, or a line has no key.
    """
    found: dict[str, str] = {}
    joined = ""
    for number, line in enumerate(_read(file).splitlines(), 1):
        joined += line.strip()
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        text, joined = joined, ""
        if not text or text.startswith(("#", "!")):
            continue
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise MeridianError(f"{file}:{number}: {text.split()[0]!r}: key=value is expected")
        found[key.strip()] = value.strip()
    return found


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise MeridianError(f"{file}: {error.strerror}") from error
