"""Where REST is served and who may ask, from the scheduler's properties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from meridian.common.errors import MeridianError

PORT = 7000
_LOCAL = ("localhost", "127.0.0.1", "::1")


#: Name of the user who may only read.
READER = "reader"


@dataclass(frozen=True)
class User:
    """Who may ask.

    :ivar secret: returns the secret that has to come with the name; asked each time: a new one holds at once.
    :ivar only_reads: may GET what changes nothing, and no more.
    """

    name: str
    secret: Callable[[], str]
    only_reads: bool = False


@dataclass(frozen=True)
class ApiSettings:
    """How REST is served.

    :ivar url: the API's address as others reach it: ``https://host:7000``.
    :ivar bind: address to listen on.
    :ivar certificate, key: of the server; ``None`` only for an ``http`` URL on the loopback, for trials.
    :ivar users: who may ask, with their secrets from files.
    """

    url: str
    bind: str
    users: tuple[User, ...]
    certificate: Path | None = None
    key: Path | None = None

    @property
    def port(self) -> int:
        """Port to listen on; 0: any that is free."""
        found = urlsplit(self.url).port
        return PORT if found is None else found


def read(properties: Mapping[str, str], bind: str = "0.0.0.0") -> ApiSettings:
    """Return the settings of REST.

    Keys: ``api`` (URL), ``api-certificate``, ``api-key``, ``api-user`` (default ``api``),
    ``api-secret-file``, and ``api-reader-secret-file`` for the user ``reader``, who is there only with it;
    ``api-ca`` is for the command line.

    :param bind: address to listen on, resolved from ``bind-address``.
    :raises MeridianError: a key is missing, or the API would be open to the network without TLS.
    """

    def path(key: str) -> Path | None:
        return Path(properties[key]) if properties.get(key) else None

    url = properties.get("api", "").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise MeridianError(f"api: {url!r} is no URL such as https://host:{PORT}")
    secret = path("api-secret-file")
    if secret is None:
        raise MeridianError("api-secret-file is missing: the file with the secret that clients have to know")
    if parts.scheme == "https" and not (path("api-certificate") and path("api-key")):
        raise MeridianError("api-certificate and api-key are missing: https needs both")
    if parts.scheme == "http":
        if parts.hostname not in _LOCAL:
            raise MeridianError(f"api: {url} has no TLS, which only localhost may do without; use https")
        bind = "127.0.0.1"
    users: tuple[User, ...] = (
        User(properties.get("api-user") or "api", partial(_secret, "api-secret-file", secret)),
    )
    if reader := path("api-reader-secret-file"):
        users += (User(READER, partial(_secret, "api-reader-secret-file", reader), True),)
    return ApiSettings(
        url,
        bind,
        users,
        path("api-certificate"),
        path("api-key"),
    )


def _secret(key: str, file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MeridianError(f"{key} {file}: {error.strerror}") from error
    if not text:
        raise MeridianError(f"{key} {file} is empty")
    return text
