"""From a request to an answer: route, authentication, leader, parameters, handler, errors."""

import base64
import binascii
import hmac
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from meridian.common.errors import MeridianError

from kafka_scheduler.api import parameters
from kafka_scheduler.api.answers import Answer, ApiError, error
from kafka_scheduler.api.parameters import Parameters
from kafka_scheduler.api.route import Route
from kafka_scheduler.api.settings import User
from kafka_scheduler.views import Health

_log = logging.getLogger(__name__)
_REALM = 'Basic realm="scheduler", charset="UTF-8"'


@dataclass(frozen=True)
class Request:
    """A request as it came.

    :ivar target: path and query.
    :ivar headers: lower-case name → value.
    """

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Application:
    """Answers requests. Safe to call from any thread.

    :param context: what handlers of the routes are given.
    :param health: tells who leads.
    :param users: who may ask.
    :param description: path of the OpenAPI description.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        context: Any,
        health: Callable[[], Health],
        users: Sequence[User],
        description: str = "/api/openapi.json",
    ) -> None:
        self._context = context
        self._health = health
        self._description = description
        self._users = users
        self._routes = {one.path: one for one in routes} | {old: one for one in routes for old in one.old}

    def answer(self, request: Request) -> Answer:
        """Answer a request; never raises."""
        try:
            return self._answer(request)
        except ApiError as told:
            return error(str(told), told.status)
        except MeridianError as told:
            return error(str(told), 409)
        except Exception:
            _log.exception("%s %s", request.method, urlsplit(request.target).path)
            return error("the scheduler made a mistake; its log says which", 500)

    def _answer(self, request: Request) -> Answer:
        parts = urlsplit(request.target)
        path = "/" + unquote(parts.path).strip("/")
        route = self._routes.get(path)
        user = None if route and route.public else self._user(request.headers.get("authorization", ""))
        if user is None and not (route and route.public):
            return error("user and secret are needed (basic authentication)", 401, WWW_Authenticate=_REALM)
        if route is None:
            return error(f"there is no {path}; {self._description} tells what there is", 404)
        methods = self._methods(route, path)
        if request.method not in methods:
            return error(f"{path} takes {' and '.join(methods)}", 405, Allow=", ".join(methods))
        if user and user.only_reads and not route.is_read(request.method):
            return error(f"user {user.name} may only GET, and only what changes nothing", 403)
        if not route.public and self._from_a_page(request):
            return error("requests of web pages of other sites are refused", 403)
        if not route.local and (elsewhere := self._elsewhere(request)):
            return elsewhere
        kind = request.headers.get("content-type", "")
        asked = Parameters(route.parameters, parameters.read(parts.query, kind, request.body))
        return route.handler(self._context, asked)

    def _methods(self, route: Route, path: str) -> tuple[str, ...]:
        """The oldest API took GET for everything, but never for the end of the scheduler."""
        old = path in route.old and path.startswith("/api/")
        return ("GET", "POST") if old else route.methods

    def _user(self, header: str) -> User | None:
        """Return who asks, if the secret is right."""
        scheme, _, encoded = header.partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return None
        for user in self._users if scheme.lower() == "basic" else ():
            if hmac.compare_digest(given, f"{user.name}:{user.secret()}".encode()):
                return user
        return None

    def _from_a_page(self, request: Request) -> bool:
        """A browser sends the secret that it knows along with whatever any page asks it to fetch."""
        return request.headers.get("sec-fetch-site", "none") in ("cross-site", "same-site")

    def _elsewhere(self, request: Request) -> Answer | None:
        """Return where to ask instead when this instance does not lead."""
        health = self._health()
        if health.leader:
            return None
        if not health.leader_url:
            return error("another instance leads, and is not known yet; try again", 503, Retry_After="2")
        location = health.leader_url.rstrip("/") + request.target
        return error(f"another instance leads: {health.leader_url}", 307, Location=location)
