"""Where REST is served and who may ask."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from meridian.errors import MeridianError

from kafka_scheduler.api import binding

_PORT = 7000
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ApiSettings:
    """How REST is served.

    :ivar url: the API's address as others reach it: ``https://host:7000``.
    :ivar bind: address to listen on.
    :ivar user: who has to come with the secret.
    :ivar secret_file: file with the secret, read for each request: a new one holds at once.
    :ivar certificate, key: of the server; ``None`` for an ``http`` URL, which only listens on the loopback.
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
        return _PORT if found is None else found

    def secret(self) -> str:
        """Return the secret.

        :raises MeridianError: the file cannot be read, or is empty.
        """
        try:
            text = self.secret_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise MeridianError(f"api-secret {self.secret_file}: {error.strerror}") from error
        if not text:
            raise MeridianError(f"api-secret {self.secret_file} is empty")
        return text


def checked(
    api: str,
    bind_address: str,
    user: str,
    secret_file: Path | None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> ApiSettings:
    """Return the settings of REST from the scheduler's: ``api``, ``bind-address``, ….

    :param bind_address: empty: as the URL says.
    :raises MeridianError: something is missing, or the API would be open to the network without TLS.
    """
    url = api.rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise MeridianError(f"api: {api!r} is no URL such as https://host:{_PORT}")
    if secret_file is None:
        raise MeridianError("api-secret is missing: name the file with the secret that clients have to know")
    bind = binding.resolve(bind_address) if bind_address else parts.hostname
    if parts.scheme == "http":
        if parts.hostname not in _LOCAL or bind not in _LOCAL:
            raise MeridianError(f"api: {url} has no TLS, which only localhost may do without; use https")
        return ApiSettings(url, "127.0.0.1", user, secret_file)
    if certificate is None or key is None:
        raise MeridianError(f"api: {url} needs certificate and key")
    return ApiSettings(url, bind, user, secret_file, certificate, key)
