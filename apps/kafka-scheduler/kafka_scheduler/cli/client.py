"""Asks the scheduler's REST API."""

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from meridian.common.errors import MeridianError

from kafka_scheduler.cli.settings import ClientSettings

_HOPS = 3


class Client:
    """The API of a scheduler. Goes on to the leader where another instance is asked."""

    def __init__(self, settings: ClientSettings) -> None:
        self._settings = settings

    def ask(self, path: str, parameters: Mapping[str, str], seconds: float = 60.0) -> Any:
        """Ask, and return the answer's JSON, or its text.

        :param seconds: how long an answer may take.
        :raises MeridianError: nobody answers, or the scheduler refuses; in its words.
        """
        status, kind, body = self.raw(path, parameters, seconds)
        text = body.decode(errors="replace")
        data = _json(text) if kind.startswith("application/json") else text
        if status >= 400:
            told = data.get("error") or data.get("problem") if isinstance(data, dict) else None
            raise MeridianError(str(told or f"{self._settings.url}{path}: HTTP status {status}"))
        return data

    def raw(self, path: str, parameters: Mapping[str, str], seconds: float) -> tuple[int, str, bytes]:
        """Return status, media type and body of an answer."""
        url = self._settings.url + path
        for _ in range(_HOPS):
            status, headers, body = self._once(url, urlencode(parameters), seconds)
            location = headers.get("location", "")
            if status != 307 or not location:
                return status, headers.get("content-type", ""), body
            if urlsplit(url).scheme == "https" and urlsplit(location).scheme != "https":
                raise MeridianError(
                    f"{url} names a leader without TLS, {location}; the secret is not sent there"
                )
            url = location
        raise MeridianError(f"{self._settings.url}: the instances name each other as leader; try again")

    def _once(self, url: str, form: str, seconds: float) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        secret = base64.b64encode(f"{self._settings.user}:{self._settings.secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {secret}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        connection = self._connection(parts.scheme, parts.hostname or "", parts.port, seconds)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, form.encode(), headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        except TimeoutError as error:
            raise MeridianError(f"{parts.scheme}://{parts.netloc}: no answer in {seconds:.0f} s") from error
        except (OSError, http.client.HTTPException) as error:
            why = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
            raise MeridianError(f"{parts.scheme}://{parts.netloc}: {why}") from error
        finally:
            connection.close()

    def _connection(
        self, scheme: str, host: str, port: int | None, seconds: float
    ) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=seconds)
        try:
            context = ssl.create_default_context(cafile=self._settings.ca)
        except OSError as error:
            raise MeridianError(f"api-ca {self._settings.ca}: {error.strerror or error}") from error
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=context)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise MeridianError(f"the scheduler's answer is no JSON: {error}") from error
