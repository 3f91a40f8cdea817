"""A server's own node: its configuration, what has changed since its start, what its ensemble says."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kazoo.client import KazooClient
from kazoo.exceptions import (
    ConnectionClosedError,
    ConnectionLoss,
    NewConfigNoQuorumError,
    ReconfigInProcessError,
    SessionExpiredError,
)

from meridian.common import fingerprint
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka.changes import compare_files
from meridian.services.zookeeper import srvr
from meridian.services.zookeeper.client import connected
from meridian.services.zookeeper.members import Member, Membership, parse, render, starting_with

SCRIPT = Path("/etc/meridian/zookeeper/server")
NOTED = Path("/run/meridian-zookeeper/fingerprint")
#: The user who may change members and access control lists.
ADMIN = "admin"
_CONFIG = "/zookeeper/config"
# How long servers that came may take to catch up, and another change to end.
_SETTLE_SECONDS = 30.0
# How long an ensemble that is there takes to answer a server that comes to it.
_ASK_SECONDS = 5.0


@dataclass
class Server:
    """What pillar says of the server of this node.

    :ivar own: the server itself.
    :ivar members: all that the topology wants, by id.
    :ivar port: everyone's port for clients.
    :ivar users: name → password.
    """

    own: Member
    members: Mapping[int, Member]
    port: int
    users: Mapping[str, str]

    @classmethod
    def of(cls, pillar: Mapping[str, Any]) -> "Server":
        """Read the pillar of the formula.

        :raises MeridianError: the node has none.
        """
        section = pillar.get("zookeeper") or {}
        if not section.get("servers"):
            raise MeridianError("this node is no ZooKeeper server (pillar zookeeper:servers is empty)")
        ports = section["ports"]
        members = {
            one["id"]: Member(one["id"], one["host"], ports["quorum"], ports["election"])
            for one in section["servers"]
        }
        return cls(members[section["server_id"]], members, ports["client"], dict(section.get("users") or {}))

    def address(self, member: Member) -> str:
        """Return ``host:port`` of a server, for clients."""
        return f"{member.host}:{self.port}"

    def tls(self) -> Tls:
        """Return the identity of the service on this node."""
        return Tls.of_service("zookeeper")

    def as_admin(self) -> Any:
        """Connect to this server as the administrator; a context manager."""
        return connected(self.address(self.own), self.tls(), ADMIN, self.users.get(ADMIN, ""))


def pending(script: Path = SCRIPT, noted: Path = NOTED) -> list[str]:
    """Return why the running server has to be restarted: what it read at its start in another version.

    :param script: the formula's launcher, which says what there is (``server fingerprint``).
    :param noted: where the launcher noted what it started with; systemd removes it when the server ends.
    :return: reasons; none for a server that does not run, which will read all when it starts.
    :raises MeridianError: when a file that the formula writes is missing.
    """
    try:
        started = fingerprint.parse(noted.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return list(compare_files(started, fingerprint.take(script, "zookeeper")))


def ask(server: Server, other: Member | None = None) -> srvr.Answer:
    """Return what the server of this node says, or another one; an empty answer when it does not answer."""
    host, port = server.address(other or server.own).rsplit(":", 1)
    try:
        return srvr.ask(host, int(port), server.tls())
    except MeridianError:
        return srvr.Answer()


def membership(client: KazooClient) -> Membership:
    """Return who belongs to the ensemble, as it says itself, after all that was agreed on before."""
    client.sync(_CONFIG)
    data, _ = client.get(_CONFIG)
    return parse(data.decode("utf-8"))


def change(
    client: KazooClient, joining: Member | None = None, leaving: int | None = None, version: int = -1
) -> Membership:
    """Change the members of the ensemble, in one transaction.

    :param client: connected as the administrator.
    :param joining: who comes.
    :param leaving: id of who goes.
    :param version: the change fails when the members are not those of that version any more.
    :return: the members afterwards.
    :raises KazooException: ZooKeeper refuses; it does as long as the servers of the new list that have caught
        up are no majority of it.
    """
    until = time.monotonic() + _SETTLE_SECONDS
    while True:
        try:
            return _change(client, joining, leaving, version)
        except (NewConfigNoQuorumError, ReconfigInProcessError):
            if time.monotonic() > until:
                raise
        time.sleep(0.5)


def _change(client: KazooClient, joining: Member | None, leaving: int | None, version: int) -> Membership:
    try:
        after = dict(membership(client).members)
        if joining is not None:
            after[joining.id] = joining
        after.pop(leaving or 0, None)
        # The whole list: one server alone is accepted only with a port for clients that speak no TLS.
        text = ",".join(render(after).splitlines())
        data, _ = client.reconfig(joining=None, leaving=None, new_members=text, from_config=version)
        return parse(data.decode("utf-8"))
    except (ConnectionLoss, SessionExpiredError, ConnectionClosedError):
        # A server that gets another leader by it drops its clients; it is as likely done as not.
        now: Membership = client.retry(membership, client)
        if leaving in now.members or (joining and now.members.get(joining.id) != joining):
            raise
        return now


def prepare(server: Server, folder: Path) -> str:
    """Return the members that a server without data is to start with; empty when it has started before.

    :param folder: where the server keeps the members, see the formula's launcher.
    """
    if any(folder.glob("zoo.cfg.dynamic*")):
        return ""
    return starting_with(server.own, server.members, _established(server))


def _established(server: Server) -> Membership | None:
    """Return the members of the ensemble that is there; ``None`` when none of the other servers serves."""
    for one in server.members.values():
        if one == server.own:
            continue
        try:
            if not ask(server, one).serves:
                continue
            with connected(server.address(one), server.tls(), timeout=_ASK_SECONDS) as client:
                return membership(client)
        except MeridianError:
            continue
    return None


def telling(lines: Iterable[str], count: int) -> list[str]:
    """Return the last lines of a server's log that say what went wrong; else the last lines. Pure."""
    said = [line for line in lines if line.strip()]
    return ([line for line in said if line.startswith(("ERROR", "FATAL"))] or said)[-count:]
