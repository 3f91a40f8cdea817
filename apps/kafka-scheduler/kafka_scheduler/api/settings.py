"""Where REST is served and who may ask, from the scheduler's properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from meridian.errors import MeridianError

PORT = 7000
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ApiSettings:
    """How REST is served.

    :ivar url: the API's address as others reach it: ``https://host:7000``.
    :ivar bind: address to listen on.
    :ivar certificate, key: of the server; ``None`` only for an ``http`` URL on the loopback, for trials.
    :ivar user: name of the user whose secret is asked for.
    :ivar secret_file: file with the secret; read for each request: a new one holds at once.
    """

    url: str
    bind: str
    user: str
    secret_file: Path
    certificate: Path | None = None
    key: Path | None = None

    @property
    def port(self) -> int:
        """Port to listen on; 0: any that is free."""
        found = urlsplit(self.url).port
        return PORT if found is None else found

    def secret(self) -> str:
        """Return the secret.

        :raises MeridianError: the file cannot be read, or is empty.
        """
        try:
            text = self.secret_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise MeridianError(f"api-secret-file {self.secret_file}: {error.strerror}") from error
        if not text:
            raise MeridianError(f"api-secret-file {self.secret_file} is empty")
        return text


def read(properties: Mapping[str, str], bind: str = "0.0.0.0") -> ApiSettings:
    """Return the settings of REST.

    Keys: ``api`` (URL), ``api-certificate``, ``api-key``, ``api-user`` (default ``api``) and
    ``api-secret-file``; ``api-ca`` is for the command line.

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
    return ApiSettings(
        url,
        bind,
        properties.get("api-user") or "api",
        secret,
        path("api-certificate"),
        path("api-key"),
    )
