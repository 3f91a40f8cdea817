"""HTTP to a service of the platform with several instances: one that answers is as good as another."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import requests

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls

_PAUSE = 0.5
_Answer = TypeVar("_Answer")


class RestError(MeridianError):
    """A service refused a request, or none of its instances answered.

    :cvar nobody: what is said when no instance answered, with a place for the reasons.
    :cvar transient: status codes after which the same request may succeed later.
    :ivar status: HTTP status code; 0 when no instance answered at all.
    """

    nobody: ClassVar[str] = "nobody answers ({})"
    transient: ClassVar[tuple[int, ...]] = ()

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status in (0, *self.transient)


class Instances:
    """The instances of a service.

    A request goes to the first that answers; one that does not is tried last from then on.

    :param urls: of each, without a path.
    :param error: what is raised when none answers.
    :param credentials: user and password; ``None`` where nobody asks for them.
    :param ca: of the instances' certificates; default: the system's authorities.
    :param identity: the client's own certificate, and the authority of theirs.
    :param timeout: seconds to wait for one answer, or for a connection and for an answer.
    :param patience: seconds over which :meth:`patiently` repeats.
    """

    def __init__(
        self,
        urls: Sequence[str],
        error: type[RestError],
        credentials: tuple[str, str] | None = None,
        ca: Path | str | None = None,
        identity: Tls | None = None,
        timeout: float | tuple[float, float] = 15,
        patience: float = 0,
    ) -> None:
        if not urls:
            raise ValueError("no instances")
        self._urls = [url.rstrip("/") for url in urls]
        self._error = error
        self._timeout = timeout
        self._patience = patience
        self._session = requests.Session()
        # Neither a proxy nor an authority of the environment's: these are the platform's own addresses.
        self._session.trust_env = False
        self._session.auth = credentials
        self._session.verify = str(ca) if ca else True
        if identity is not None:
            self._session.cert = (str(identity.certificate), str(identity.key))
            self._session.verify = str(identity.ca)

    @property
    def urls(self) -> tuple[str, ...]:
        """URLs of the instances, the one that answered last first."""
        return tuple(self._urls)

    def ask(self, method: str, url: str, **content: Any) -> requests.Response:
        """Send a request to one place.

        :param content: what :meth:`requests.Session.request` takes.
        :raises requests.RequestException: it is not answered; see :func:`reason`.
        """
        return self._session.request(method, url, **{"timeout": self._timeout, **content})

    def in_turn(
        self,
        method: str,
        path: str,
        elsewhere: Callable[[requests.Response], str] = lambda answer: "",
        **content: Any,
    ) -> requests.Response:
        """Send a request to one instance after the other, until one answers.

        :param elsewhere: says why another instance has to be asked all the same; empty when none has.
        :raises RestError: none answers; with the reason of each.
        """
        reasons = []
        for url in self.urls:
            try:
                answer = self.ask(method, url + path, **content)
                why = elsewhere(answer)
                if not why:
                    return answer
            except requests.RequestException as error:
                why = reason(error)
            reasons.append(f"{url}: {why}")
            self._urls.remove(url)
            self._urls.append(url)
        raise self._error(self._error.nobody.format("; ".join(reasons)))

    def patiently(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask again for as long as there is patience, and a reason to think that what went wrong passes.

        :raises RestError: what was raised last.
        """
        until = time.monotonic() + self._patience
        while True:
            try:
                return ask()
            except RestError as error:
                if not error.passing or time.monotonic() + _PAUSE > until:
                    raise
            time.sleep(_PAUSE)


def content(answer: requests.Response) -> Any:
    """Return an answer's JSON; ``None`` when it is empty."""
    return answer.json() if answer.content else None


def reason(problem: Exception) -> str:
    """Say in a few words why a request had no answer, or none that is of use."""
    if isinstance(problem, requests.exceptions.SSLError):
        return "TLS failed, is the certificate of this platform's CA and not expired?"
    if isinstance(problem, requests.Timeout):
        return "timed out"
    if isinstance(problem, requests.HTTPError) and problem.response is not None:
        return f"answers {problem.response.status_code} {problem.response.reason}"
    if isinstance(problem, requests.exceptions.JSONDecodeError):
        return "answers no JSON"
    return "connection refused or lost"
