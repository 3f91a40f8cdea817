"""Files over HTTP, each with a sum that it must have; kept in the cache by that sum."""

import hashlib
import os
import tempfile
import time
from pathlib import Path

import requests

from meridian.common.errors import MeridianError

_ATTEMPTS = 3
_TIMEOUT = (20, 60)
_CHUNK = 1 << 18
_SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def session() -> requests.Session:
    """Return an HTTP session that trusts what this machine trusts, a company's own CA among it."""
    made = requests.Session()
    if _SYSTEM_CERTIFICATES.exists() and not os.environ.get("REQUESTS_CA_BUNDLE"):
        made.verify = str(_SYSTEM_CERTIFICATES)
    return made


def fetch(http: requests.Session, url: str, algorithm: str, expected: str, folder: Path) -> Path:
    """Download a file unless the cache has it.

    A connection that breaks and an answer of 429 or 5xx are tried again, with a growing pause.

    :param http: see :func:`session`.
    :param url: what to download.
    :param algorithm: ``sha256`` or ``sha512``.
    :param expected: the sum in hexadecimal.
    :param folder: the cache's folder of downloads.
    :return: the file in the cache; do not change it.
    :raises MeridianError: it can't be had, or has another sum.
    """
    kept = folder / f"{algorithm}-{expected[:64]}"
    if kept.exists() and _sum(kept, algorithm) == expected:
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            part = _download(http, url, folder)
            break
        except requests.RequestException as problem:
            if attempt == _ATTEMPTS or not _temporary(problem):
                raise MeridianError(f"{url}: {_why(problem)}") from problem
            time.sleep(attempt)
    seen = _sum(part, algorithm)
    if seen != expected:
        part.unlink()
        raise MeridianError(
            f"{url}: does not match its sum ({algorithm} {seen[:12]}… instead of {expected[:12]}…); "
            "the mirror serves another file, or the recipe pins a wrong one"
        )
    part.replace(kept)
    return kept


def _download(http: requests.Session, url: str, folder: Path) -> Path:
    with http.get(url, stream=True, timeout=_TIMEOUT) as answer:
        answer.raise_for_status()
        handle, name = tempfile.mkstemp(dir=folder, prefix="part-")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in answer.iter_content(_CHUNK):
                    file.write(chunk)
        except BaseException:
            Path(name).unlink()
            raise
    return Path(name)


def _sum(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _temporary(problem: requests.RequestException) -> bool:
    if problem.response is None:
        return isinstance(problem, requests.ConnectionError | requests.Timeout)
    return problem.response.status_code == 429 or problem.response.status_code >= 500


def _why(problem: requests.RequestException) -> str:
    if problem.response is not None:
        return f"HTTP {problem.response.status_code}"
    if isinstance(problem, requests.Timeout):
        return "no answer in time"
    return f"not reachable ({' '.join(str(problem).split())[:160]})"
