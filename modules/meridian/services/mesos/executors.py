"""How executors and the agent of their node know each other.

With TLS, an executor needs a certificate of its own: libprocess starts with none, and agents call those
back that run Docker images. But any task may read what its executor reads, and a certificate of the
platform's authority would open the platform to it. So each node has an authority of its own, which its
agent alone believes, beside the platform's; and an executor proves to the agent who it is by a token,
signed with the agent's secret (``--authenticate_http_executors``, docs/authentication.md of Mesos).

A socket of the machine instead (``--http_executor_domain_sockets``) does not go with TLS: the agent (1.11)
makes it of libprocess's default kind, and waits there for a handshake that no executor begins.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from meridian.common.errors import MeridianError
from meridian.common.files import write_private
from meridian.pki import authority as ca
from meridian.pki import renewal

# An executor keeps what it was started with for as long as its task runs.
_VALIDITY = timedelta(days=1826)
_RENEW_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class Identity:
    """Files of one node.

    :ivar folder: gets ``executor.pem``, ``executor.key``, ``authorities.pem``, for all to read, and ``own``
        with the node's authority and the agent's secret, for nobody else.
    :ivar names: what the node is called: names and addresses.
    :ivar platform: file with the certificate of the platform's authority.
    """

    folder: Path
    names: tuple[str, ...]
    platform: Path

    def wanting(self, now: datetime | None = None) -> str:
        """Return what is not as it should be; empty when all is.

        :raises MeridianError: the node's authority can't sign; says which file is at fault.
        """
        now = now or datetime.now(UTC)
        if not (self._own / "ca.pem").exists() and not (self._own / "ca.key").exists():
            return "new"
        authority = ca.load(self._own, now)
        if why := self._outdated(authority, now):
            return f"certificate of executors: {why}"
        if not self._has_secret():
            return "the agent's secret is missing"
        if self.folder.stat().st_mode & 0o005 != 0o005:
            return "executors cannot enter its folder"
        if not self._trusted.exists() or self._trusted.read_text(encoding="utf-8") != self._bundle(authority):
            return "the authorities that the agent believes changed"
        return ""

    def make(self, now: datetime | None = None) -> None:
        """Make what is missing; what is good stays, since running executors have it.

        :raises MeridianError: the node's authority can't sign, or the platform's is not there.
        """
        now = now or datetime.now(UTC)
        self.folder.mkdir(parents=True, exist_ok=True)
        # Whatever the umask: minions have a strict one.
        self.folder.chmod(0o755)
        authority, _ = ca.ensure(self._own, "executors", now)
        if self._outdated(authority, now):
            certificate, key = authority.issue(
                "executor", self.names, self._end(authority, now), now, server=True
            )
            self._public(self._key, key)
            self._public(self._certificate, certificate)
        if not self._has_secret():
            write_private(self._secret, secrets.token_urlsafe(32))
        self._public(self._trusted, self._bundle(authority))

    def _outdated(self, authority: ca.Authority, now: datetime) -> str:
        """Return why the certificate must be made anew; empty when it is good."""
        end = self._end(authority, now)
        return renewal.reason(authority, self._certificate, self._key, self.names, end, _RENEW_BEFORE, now)

    @staticmethod
    def _end(authority: ca.Authority, now: datetime) -> datetime:
        """Return until when a certificate made now would be good: no longer than its authority."""
        return min(now + _VALIDITY, authority.certificate.not_valid_after_utc)

    def _has_secret(self) -> bool:
        return self._secret.exists() and bool(self._secret.read_text(encoding="utf-8").strip())

    @property
    def _own(self) -> Path:
        return self.folder / "own"

    @property
    def _certificate(self) -> Path:
        return self.folder / "executor.pem"

    @property
    def _key(self) -> Path:
        return self.folder / "executor.key"

    @property
    def _trusted(self) -> Path:
        return self.folder / "authorities.pem"

    @property
    def _secret(self) -> Path:
        return self._own / "secret"

    def _bundle(self, own: ca.Authority) -> str:
        try:
            return self.platform.read_text(encoding="utf-8").rstrip() + "\n" + own.pem
        except OSError as error:
            raise MeridianError(
                f"{self.platform}: {error.strerror}; deploying the environment writes it"
            ) from error

    @staticmethod
    def _public(file: Path, text: str) -> None:
        file.write_text(text, encoding="utf-8")
        file.chmod(0o644)
