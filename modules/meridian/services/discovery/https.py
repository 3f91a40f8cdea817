"""Questions to a service of the platform: HTTPS, our authority, a name and a password from a file."""

import base64
import http.client
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from meridian.services.discovery.model import DiscoveryError


@dataclass(frozen=True)
class Access:
    """How a service is asked.

    :ivar url: ``https://host:port``.
    :ivar ca: PEM of the authorities that its certificate may come from.
    :ivar user: name for basic authentication; empty for none.
    :ivar password_file: file with the password, read anew for each question.
    :ivar seconds: how long an answer may take.
    """

    url: str
    ca: Path
    user: str = ""
    password_file: Path | None = None
    seconds: float = 5.0

    def get(self, path: str) -> Any:
        """Return the JSON that the service answers.

        :raises DiscoveryError: it does not, or with an error.
        """
        connection, response = self._open(path, "application/json", self.seconds)
        try:
            return json.loads(response.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise DiscoveryError(f"{self.url}{path}: {_reason(error)}") from error
        finally:
            connection.close()

    def events(self, path: str, seconds: float) -> Iterator[str]:
        """Yield the names of events as they come, until the stream ends.

        :param seconds: silence after which the stream is taken for dead.
        :raises DiscoveryError: there is no such stream, or it broke.
        """
        connection, response = self._open(path, "text/event-stream", seconds)
        try:
            while line := response.readline():
                if line.startswith(b"event:"):
                    yield line[6:].strip().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise DiscoveryError(f"{self.url}{path}: {_reason(error)}") from error
        finally:
            connection.close()

    def _open(
        self, path: str, kind: str, seconds: float
    ) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            place = urlsplit(self.url)
            connection = http.client.HTTPSConnection(
                place.hostname or "", place.port, timeout=seconds, context=context
            )
            headers = {"Accept": kind}
            if self.user and self.password_file is not None:
                password = self.password_file.read_text(encoding="utf-8").strip()
                token = base64.b64encode(f"{self.user}:{password}".encode()).decode()
                headers["Authorization"] = f"Basic {token}"
        except OSError as error:
            raise DiscoveryError(f"{self.url}: {error}") from error
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise DiscoveryError(f"{self.url}{path}: {_reason(error)}") from error
        if response.status != 200:
            connection.close()
            raise DiscoveryError(f"{self.url}{path} answers {response.status} {response.reason}")
        return connection, response


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
