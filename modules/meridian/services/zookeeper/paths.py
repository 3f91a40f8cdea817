"""Paths that services keep their state below: that they are there, and who may use them."""

from collections.abc import Iterable
from dataclasses import dataclass

from kazoo.client import KazooClient
from kazoo.exceptions import NodeExistsError, NoNodeError
from kazoo.security import ACL

from meridian.services.zookeeper import acl


@dataclass(frozen=True)
class Plan:
    """What is to be done for a path.

    :ivar now: its access control list; ``None`` when there is no such path.
    :ivar wanted: the list that it is to have.
    """

    path: str
    now: frozenset[ACL] | None
    wanted: frozenset[ACL]

    def __bool__(self) -> bool:
        return self.now != self.wanted

    def changes(self) -> dict[str, dict[str, list[str] | None]]:
        """Return the difference for people, without secrets."""
        if not self:
            return {}
        old = None if self.now is None else acl.describe(self.now)
        new = acl.describe(self.wanted)
        # A changed password shows in its digest only.
        return {self.path: {"old": old, "new": new if new != old else [*new, "(another password)"]}}


def plan(client: KazooClient, path: str, wanted: Iterable[ACL]) -> Plan:
    """Compare a path with what it is to be.

    :param client: connected, as a user who may read and set access control lists.
    """
    try:
        entries, _ = client.get_acls(path)
    except NoNodeError:
        return Plan(path, None, frozenset(wanted))
    return Plan(path, frozenset(entries), frozenset(wanted))


def apply(client: KazooClient, todo: Plan) -> None:
    """Do what a plan says. What lies below the path keeps the lists that its owners gave it."""
    if todo.now is None:
        try:
            client.create(todo.path, acl=list(todo.wanted), makepath=True)
        except NodeExistsError:
            # Its service was quicker, and made it as services do.
            client.set_acls(todo.path, list(todo.wanted))
    elif todo:
        client.set_acls(todo.path, list(todo.wanted))
