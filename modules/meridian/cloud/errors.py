"""What may go wrong at a cloud provider, as classes that a caller can decide by, each with one clear line.

Instances cross process borders: whatever they are made with is in ``args``, so that they pickle.
"""

import re
import socket
from typing import Any

import requests
from libcloud.common.exceptions import BaseHTTPError, RateLimitReachedError
from libcloud.common.types import InvalidCredsError, MalformedResponseError, ProviderError

from meridian.common.errors import MeridianError


class CloudError(MeridianError):
    """A provider did not do what it was asked for."""


class Refused(CloudError):
    """The credentials are missing, wrong, or do not allow it; asking again is of no use."""


class Quota(CloudError):
    """The account's limit is reached; asking again is of no use until that changes."""


class RateLimited(CloudError):
    """Too many calls; ask again later.

    :ivar retry_after: seconds that the provider wants us to wait; ``None`` when it did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return str(self.args[0])


class Unavailable(CloudError):
    """The provider cannot be reached or has a fault of its own; ask again later."""


class NotOffered(CloudError):
    """A size, image, location or operation that the provider does not have."""


class Timeout(CloudError):
    """It took too long; whether it was done must be looked up."""


class AlreadyExists(CloudError):
    """There is something of that name already, and it is not this platform's."""


_RATE = re.compile(
    r"RequestLimitExceeded|Throttling|TooManyRequests|rate.?limit|too many requests|rateLimitExceeded|"
    r"OverLimit Retry|\bSlowDown\b",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"quota|InstanceLimitExceeded|VcpuLimitExceeded|VolumeLimitExceeded|AddressLimitExceeded|"
    r"SecurityGroupLimitExceeded|LimitExceeded|limit (?:has been )?(?:reached|exceeded)|"
    r"exceed\w* (?:your |the )?[\w ]{0,30}limit|maximum number of|resource limit",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"Invalid\w*\.(?:NotFound|Malformed|Unavailable)|InvalidParameterValue.*(?:instance ?type|size)|"
    r"(?:image|size|flavor|plan|region|location|zone|template|instance type|machine ?type|sku)\b.{0,80}"
    r"(?:not (?:be )?found|not available|unavailable|is not valid|is invalid|does not exist|not supported|"
    r"not currently available)|invalid .{0,20}(?:image|size|flavor|plan|region|location|zone|template)",
    re.IGNORECASE | re.DOTALL,
)
_CREDENTIALS = re.compile(
    r"AuthFailure|UnauthorizedOperation|SignatureDoesNotMatch|InvalidClientTokenId|InvalidAccessKeyId|"
    r"invalid.{0,20}(?:credential|token|api key)|unable to authenticate|unauthori[sz]ed",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"service (?:is )?(?:temporarily )?unavailable|internal (?:server )?error|bad gateway|gateway time-?out|"
    r"server is busy|backend error",
    re.IGNORECASE,
)
# Requests are signed with the time; these are the words of those who find it too far from theirs.
_CLOCK = re.compile(
    r"RequestExpired|RequestTimeTooSkewed|Signature (?:not yet current|expired)|clock skew|"
    r"token (?:used too early|.{0,20}not yet valid)|not within its valid time range|"
    r"Invalid JWT.{0,80}(?:reasonable timeframe|iat|exp)",
    re.IGNORECASE | re.DOTALL,
)
_EXISTS = re.compile(r"already exists|AlreadyExists|\.Duplicate\b|already in use", re.IGNORECASE)
_STATUS = re.compile(r"(?:\(|HTTP[ /]|status(?: code)?:? )([45]\d\d)\b", re.IGNORECASE)
_LONGEST = 300


def explain(problem: BaseException, provider: str, doing: str) -> MeridianError:
    """Return the error that a user shall read for whatever libcloud or a provider's driver raised.

    :param problem: what was raised; one of ours is returned as it is.
    :param provider: alias of the provider, for the message.
    :param doing: what was being done, e.g. ``make kafka-1.us-east.aws``.
    """
    if isinstance(problem, MeridianError):
        return problem
    text = _line(problem)
    where = f"{provider}: {doing}"
    code = _code(problem, text)
    if isinstance(problem, RateLimitReachedError) or code == 429 or _RATE.search(text):
        return RateLimited(f"{where}: the provider limits our rate of calls: {text}", _retry_after(problem))
    if _QUOTA.search(text):
        return Quota(f"{where}: quota reached, raise it or remove something: {text}")
    if _CLOCK.search(text):
        return Refused(f"{where}: the clock of this machine is wrong, set it (timedatectl shows it): {text}")
    if isinstance(problem, InvalidCredsError) or code in (401, 403) or _CREDENTIALS.search(text):
        return Refused(
            f"{where}: credentials refused, check what cloud.providers.d/ refers to for {provider}: {text}"
        )
    if isinstance(problem, TimeoutError | socket.timeout | requests.exceptions.Timeout):
        return Timeout(f"{where}: no answer in time: {text}")
    if isinstance(problem, OSError | requests.exceptions.RequestException):
        return Unavailable(f"{where}: the provider cannot be reached: {text}")
    if isinstance(problem, MalformedResponseError):
        # Gateways in front of an API that is down answer with a page for people.
        return Unavailable(f"{where}: the provider's answer makes no sense: {text}")
    if _DOWN.search(text) or (code is not None and code >= 500):
        return Unavailable(f"{where}: the provider has a fault{f', HTTP {code}' if code else ''}: {text}")
    if _EXISTS.search(text) or (code == 409 and "exist" in text.lower()):
        return AlreadyExists(f"{where}: there is one already: {text}")
    if _UNKNOWN.search(text):
        return NotOffered(f"{where}: not offered: {text}")
    return CloudError(f"{where}: {text}")


def _line(problem: BaseException) -> str:
    # libcloud's own errors show their repr as str, with the driver's address in memory in it.
    said: Any = getattr(problem, "value", None) or getattr(problem, "message", None) or problem
    if isinstance(said, bytes):
        said = said.decode(errors="replace")
    text = " ".join(str(said).split()) or type(problem).__name__
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _code(problem: BaseException, text: str) -> int | None:
    found: object = None
    if isinstance(problem, BaseHTTPError):
        found = problem.code
    elif isinstance(problem, ProviderError):
        found = problem.http_code
    elif in_text := _STATUS.search(text):
        found = in_text[1]
    try:
        return None if found is None else int(str(found))
    except (TypeError, ValueError):
        return None


def _retry_after(problem: BaseException) -> float | None:
    value = getattr(problem, "retry_after", None) or (getattr(problem, "headers", None) or {}).get(
        "retry-after"
    )
    try:
        return float(value) or None if value is not None else None
    except (TypeError, ValueError):
        return None
