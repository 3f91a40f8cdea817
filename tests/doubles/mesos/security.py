"""Who may speak: TLS by ``LIBPROCESS_SSL_*``, credentials, and access control lists."""

import base64
import hmac
import json
import os
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .flags import refuse

_CIPHERS = "AES128-SHA:AES256-SHA:RC4-SHA:DHE-RSA-AES128-SHA:DHE-DSS-AES128-SHA:DHE-RSA-AES256-SHA"


def _setting(environment: Mapping[str, str], name: str, default: str = "") -> str:
    return environment.get(f"LIBPROCESS_SSL_{name}", environment.get(f"SSL_{name}", default))


def _true(environment: Mapping[str, str], name: str, default: str = "false") -> bool:
    return _setting(environment, name, default).lower() in ("1", "true")


class Transport:
    """TLS contexts of a program; both are ``None`` when TLS is off.

    :ivar server: of its listener.
    :ivar client: for those it calls.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.server: ssl.SSLContext | None = None
        self.client: ssl.SSLContext | None = None
        if not _true(environment, "ENABLED"):
            return
        key, certificate = _setting(environment, "KEY_FILE"), _setting(environment, "CERT_FILE")
        if not key:
            refuse("SSL requires key! NOTE: Set path with LIBPROCESS_SSL_KEY_FILE")
        if not certificate:
            refuse("SSL requires certificate! NOTE: Set path with LIBPROCESS_SSL_CERT_FILE")
        if _true(environment, "SUPPORT_DOWNGRADE"):
            refuse("LIBPROCESS_SSL_SUPPORT_DOWNGRADE is more than this double can")
        authorities, folder = (
            _setting(environment, "CA_FILE") or None,
            _setting(environment, "CA_DIR") or None,
        )
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client.check_hostname = False
        self.client.verify_mode = ssl.CERT_NONE
        # What libprocess takes unless it is told more: no elliptic curve certificate fits these.
        ciphers = _setting(environment, "CIPHERS", _CIPHERS)
        newest = _true(environment, "ENABLE_TLS_V1_3")
        try:
            for context in (self.server, self.client):
                context.maximum_version = ssl.TLSVersion.TLSv1_3 if newest else ssl.TLSVersion.TLSv1_2
                context.set_ciphers(ciphers)
                context.load_cert_chain(certificate, key)
                if authorities or folder:
                    context.load_verify_locations(authorities, folder)
        except (OSError, ssl.SSLError) as problem:
            refuse(f"Could not load key, certificate or CA file: {problem}")
        if _true(environment, "REQUIRE_CERT") or _true(environment, "REQUIRE_CLIENT_CERT"):
            self.server.verify_mode = ssl.CERT_REQUIRED
        if any(_true(environment, name) for name in ("VERIFY_CERT", "VERIFY_SERVER_CERT", "REQUIRE_CERT")):
            self.client.verify_mode = ssl.CERT_REQUIRED
            self.client.check_hostname = _setting(environment, "HOSTNAME_VALIDATION_SCHEME") == "openssl"

    @property
    def scheme(self) -> str:
        """Scheme of its URLs."""
        return "https" if self.server else "http"


def read_credentials(path: str) -> dict[str, str]:
    """Read a file of credentials, JSON or ``principal secret`` a line.

    :return: principal → secret.
    """
    try:
        text = Path(path.removeprefix("file://")).read_text(encoding="utf-8")
    except OSError as problem:
        refuse(f"Failed to read credentials file '{path}': {problem.strerror} (see --credentials flag)")
    try:
        data = json.loads(text)
        entries = data.get("credentials", [data])
        return {str(entry["principal"]): str(entry["secret"]) for entry in entries}
    except (ValueError, KeyError, TypeError, AttributeError):
        pairs = [line.split() for line in text.splitlines() if line.strip()]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            refuse(f"Invalid credential format (see --credentials flag), file {path}")
        return dict(pairs)


def basic(principal: str, secret: str) -> str:
    """Return the value of an ``Authorization`` header."""
    return "Basic " + base64.b64encode(f"{principal}:{secret}".encode()).decode()


def principal_of(header: str, credentials: Mapping[str, str]) -> str | None:
    """Return who an ``Authorization`` header proves its sender to be; ``None`` when nobody."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        principal, _, secret = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return None
    known = credentials.get(principal)
    return principal if known is not None and hmac.compare_digest(known.encode(), secret.encode()) else None


# What each action is asked for, beside principals; other names make real Mesos refuse the whole list.
_OBJECTS = {
    "roles": "register_frameworks reserve_resources create_volumes resize_volumes update_weights get_quotas "
    "update_quotas view_roles",
    "users": "run_tasks view_frameworks view_tasks view_executors view_containers access_sandboxes",
    "reserver_principals": "unreserve_resources",
    "creator_principals": "destroy_volumes",
    "framework_principals": "teardown_frameworks",
    "paths": "get_endpoints",
    "logs": "access_mesos_logs",
    "flags": "view_flags",
    "level": "set_log_level",
    "agents": "register_agents drain_agents deactivate_agents reactivate_agents mark_agents_gone",
    "machines": "update_maintenance_schedules get_maintenance_schedules start_maintenances stop_maintenances "
    "get_maintenance_statuses",
    "images": "prune_images",
}


class Acls:
    """Access control lists as ``--acls`` has them: the first entry that matches decides.

    :param written: the parsed flag; ``None`` for no lists, all is allowed then.
    """

    def __init__(self, written: Mapping[str, Any] | None) -> None:
        self._written = written or {}
        self._permissive = bool(self._written.get("permissive", True))
        known = {action: objects for objects, actions in _OBJECTS.items() for action in actions.split()}
        for action, entries in self._written.items():
            if action == "permissive":
                continue
            for entry in entries:
                if set(entry) != {"principals", known.get(action)}:
                    refuse(f"Failed to load flag 'acls': Failed to parse the protobuf: {action}: {entry}")

    def allows(self, action: str, principal: str | None, objects: Iterable[str] = ()) -> bool:
        """Say whether a principal may do something.

        :param action: e.g. ``register_frameworks``.
        :param objects: names of what it is done with, such as roles; none for actions without objects.
        """
        wanted: list[str | None] = [*objects] or [None]
        return all(self._one(action, principal, each) for each in wanted)

    def _one(self, action: str, principal: str | None, wanted: str | None) -> bool:
        for entry in self._written.get(action, ()):
            subjects = entry.get("principals", {})
            others = next((value for key, value in entry.items() if key != "principals"), {"type": "ANY"})
            if not _covers(subjects, principal):
                continue
            if others.get("type") == "NONE":
                return False
            if wanted is None or _covers(others, wanted):
                return subjects.get("type") != "NONE"
        return self._permissive


def _covers(entity: Mapping[str, Any], value: str | None) -> bool:
    if entity.get("type") in ("ANY", "NONE"):
        return True
    return value in entity.get("values", ())
