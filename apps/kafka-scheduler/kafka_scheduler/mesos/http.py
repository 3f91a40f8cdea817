"""Requests to Mesos' APIs: TLS, who we are, and what goes wrong in one line."""

import base64
import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.mesos.address import Endpoint


@dataclass(frozen=True)
class Access:
    """How to reach Mesos.

    :ivar secret_file: holds the principal's secret; read with each connection, so that it may change.
    :ivar ca: authority that Mesos' certificates are of; ``None``: no TLS.
    :ivar certificate: our own, with ``key``; ``None``: Mesos asks for none.
    """

    principal: str = ""
    secret_file: Path | None = None
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def headers(self) -> dict[str, str]:
        """Return the header that says who we are.

        :raises MeridianError: the secret is not to be read.
        """
        if not self.principal or self.secret_file is None:
            return {}
        try:
            secret = self.secret_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise MeridianError(f"secret: {self.secret_file}: {error.strerror}") from error
        token = base64.b64encode(f"{self.principal}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {token}"}

    def connect(self, to: Endpoint, timeout: float) -> http.client.HTTPConnection:
        """Return a connection, not yet open.

        :raises MeridianError: a file of TLS is not to be read, or there is none though TLS is needed.
        """
        if not to.tls:
            return http.client.HTTPConnection(to.host, to.port, timeout=timeout)
        if self.ca is None:
            raise MeridianError(f"{to} speaks TLS: name its authority's file by --ca")
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise MeridianError(f"TLS to {to}: {self.ca}, {self.certificate}: {error}") from error
        return http.client.HTTPSConnection(to.host, to.port, timeout=timeout, context=context)

    def post(self, to: Endpoint, path: str, body: Mapping[str, Any], timeout: float) -> Any:
        """Send one call and return what is answered, as data.

        :raises MeridianError: it is refused, or nobody answers.
        """
        connection = self.connect(to, timeout)
        try:
            answer = request(connection, path, body, self.headers())
            text = answer.read()
            if answer.status not in (200, 202):
                raise MeridianError(refusal(to, self.principal, answer.status, text))
            return json.loads(text) if text else None
        except OSError as error:
            raise MeridianError(unreachable(to, error)) from error
        except http.client.HTTPException as error:
            raise MeridianError(f"{to}: no proper answer: {type(error).__name__}") from error
        finally:
            connection.close()


def request(
    connection: http.client.HTTPConnection, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    """Post JSON; small packets go at once."""
    if connection.sock is None:
        connection.connect()
        assert connection.sock is not None
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    text = json.dumps(body, separators=(",", ":")).encode()
    said = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    connection.request("POST", path, text, said)
    return connection.getresponse()


def refusal(to: Endpoint, principal: str, status: int, text: bytes) -> str:
    """Return in one line why a call was refused."""
    said = " ".join(text.decode(errors="replace").split())[:300]
    if status == 401:
        return (
            f"{to} does not know principal {principal or '(none)'} by its secret: see --principal, --secret"
        )
    if status == 403:
        return f"{to} forbids it to principal {principal or '(none)'}: {said}"
    return f"{to} answers {status}: {said}"


def unreachable(to: Endpoint, error: OSError) -> str:
    """Return in one line why nobody answers."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{to}: its certificate is not valid for us: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return f"{to} does not answer in time"
    return f"{to}: {error.strerror or error}"
