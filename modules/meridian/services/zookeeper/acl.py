"""Who may do what with a node of ZooKeeper's tree. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kazoo.security import ACL, Id, Permissions, make_digest_acl_credential

from meridian.common.errors import MeridianError

#: In ``readers``: whoever got through TLS.
ANYONE = "anyone"
SCHEMES = ("digest", "sasl")
_LETTERS = (
    (Permissions.CREATE, "c"),
    (Permissions.DELETE, "d"),
    (Permissions.READ, "r"),
    (Permissions.WRITE, "w"),
    (Permissions.ADMIN, "a"),
)


@dataclass(frozen=True)
class Access:
    """What pillar says of a path.

    :ivar owner: user who may do everything.
    :ivar scheme: how the owner proves who he is: ``digest`` (a password that the client sends) or ``sasl``
        (DIGEST-MD5, what Kafka's brokers speak).
    :ivar readers: users of digest who may read and list; ``anyone`` for all clients.
    """

    owner: str
    scheme: str = "digest"
    readers: tuple[str, ...] = ()


def access(path: str, settings: Mapping[str, Any], users: Mapping[str, str]) -> Access:
    """Read what pillar says of a path.

    :param settings: ``owner``, ``scheme``, ``readers``.
    :param users: name → password of all users.
    :raises MeridianError: it names a user that there is not.
    """
    found = Access(
        settings["owner"], settings.get("scheme", SCHEMES[0]), tuple(settings.get("readers") or ())
    )
    for name in (found.owner, *found.readers):
        if name != ANYONE and not users.get(name):
            known = ", ".join(sorted(users)) or "none"
            raise MeridianError(f"zookeeper.paths.{path}: no user '{name}'; there are {known}")
    return found


def wanted(found: Access, users: Mapping[str, str]) -> frozenset[ACL]:
    """Return the access control list of a path.

    :param users: name → password.
    """
    reading = [ACL(Permissions.READ, _identity(name, SCHEMES[0], users)) for name in found.readers]
    return frozenset([ACL(Permissions.ALL, _identity(found.owner, found.scheme, users)), *reading])


def describe(entries: Iterable[ACL]) -> list[str]:
    """Return a list as people read it: ``digest:mesos:cdrwa``; without the digests of passwords."""
    return sorted(f"{one.id.scheme}:{one.id.id.split(':')[0]}:{_letters(one.perms)}" for one in entries)


def _identity(name: str, scheme: str, users: Mapping[str, str]) -> Id:
    if name == ANYONE:
        return Id("world", ANYONE)
    return Id(scheme, make_digest_acl_credential(name, users[name]) if scheme == SCHEMES[0] else name)


def _letters(permissions: int) -> str:
    return "".join(letter for bit, letter in _LETTERS if permissions & bit)
