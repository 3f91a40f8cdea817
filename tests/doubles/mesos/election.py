"""Leader election and detection in ZooKeeper, in the way of Mesos: ``<path>/json.info_<number>``."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import KazooException, NoNodeError
from kazoo.security import ACL, OPEN_ACL_UNSAFE, make_acl, make_digest_acl

_LABEL = "json.info_"


@dataclass(frozen=True)
class Place:
    """Where an ensemble keeps a group: ``zk://user:secret@host:port,host:port/path``."""

    hosts: str
    path: str
    user: str | None
    secret: str | None

    @classmethod
    def parse(cls, url: str) -> "Place":
        """Read a URL.

        :raises ValueError: it is none.
        """
        parts = urlsplit(url.strip())
        if parts.scheme != "zk":
            raise ValueError("Expecting 'zk://' at the beginning of the URL")
        credentials, _, hosts = parts.netloc.rpartition("@")
        user, _, secret = credentials.partition(":")
        if not hosts:
            raise ValueError(f"Expecting servers in the URL '{url}'")
        if len(parts.path) < 2:
            raise ValueError("Expecting a (chroot) path for ZooKeeper ('/' is not supported)")
        return cls(hosts, parts.path.rstrip("/"), user or None, secret or None)

    @property
    def acl(self) -> list[ACL]:
        """Who may do what with the group's nodes: with a user, all may read and only it may write."""
        if self.user is None:
            return list(OPEN_ACL_UNSAFE)
        return [make_digest_acl(self.user, self.secret, all=True), make_acl("world", "anyone", read=True)]

    def client(self, session_seconds: float) -> KazooClient:
        """Return a client that is not connected yet."""
        auth = [("digest", f"{self.user}:{self.secret}")] if self.user else None
        retry = {"max_tries": -1, "max_delay": 2, "delay": 0.1}
        return KazooClient(
            self.hosts, timeout=session_seconds, auth_data=auth, connection_retry=retry, default_acl=self.acl
        )


class Group:
    """One member's view of the group of masters.

    :ivar leader: JSON of the leading master; ``None`` while there is none or ZooKeeper is away.
    :param place: where.
    :param session_seconds: ZooKeeper session timeout.
    :param changed: called in the loop with each other leader.
    :param lost: called in the loop when the session is gone, and with it whatever was contended for.
    """

    def __init__(
        self,
        place: Place,
        session_seconds: float,
        changed: Callable[[dict[str, Any] | None], None],
        lost: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.leader: dict[str, Any] | None = None
        self.place = place
        self._seconds = session_seconds
        self._changed, self._lost = changed, lost
        self._loop = asyncio.get_running_loop()
        self._client = place.client(session_seconds)
        self._patience: asyncio.TimerHandle | None = None
        self._entry: bytes | None = None
        self._own: str | None = None

    async def join(self, entry: dict[str, Any] | None = None) -> None:
        """Connect and watch; with an entry, contend for leadership as well. Waits for ZooKeeper for ever."""
        self._entry = json.dumps(entry).encode() if entry else None
        self._client.add_listener(lambda state: self._call(self._state, state))
        await asyncio.to_thread(self._client.start, 3600 * 24)
        await asyncio.to_thread(self._enter)

    async def read(self, name: str) -> Any:
        """Return what lies under a name beside the members; ``None`` when nothing does."""
        try:
            data, _ = await asyncio.to_thread(self._client.get, f"{self.place.path}/{name}")
        except NoNodeError:
            return None
        return json.loads(data)

    async def write(self, name: str, value: Any) -> None:
        """Put something under a name beside the members."""
        path, data = f"{self.place.path}/{name}", json.dumps(value).encode()

        def put() -> None:
            if self._client.exists(path):
                self._client.set(path, data)
            else:
                self._client.create(path, data)

        await asyncio.to_thread(put)

    async def members(self) -> int:
        """Return how many masters are alive; none while ZooKeeper can't be asked."""
        try:
            children = await asyncio.to_thread(self._client.get_children, self.place.path)
        except KazooException:
            return 0
        return sum(one.startswith(_LABEL) for one in children)

    async def leave(self) -> None:
        """Give up membership and disconnect."""
        await asyncio.to_thread(self._client.stop)
        await asyncio.to_thread(self._client.close)

    def _enter(self) -> None:
        # Who only watches makes nothing: the path would belong to it.
        if self._entry is not None:
            self._client.ensure_path(self.place.path)
            path = f"{self.place.path}/{_LABEL}"
            self._own = self._client.create(path, self._entry, ephemeral=True, sequence=True)
        self._look()

    def _look(self, event: Any = None) -> None:
        def again(event: Any) -> None:
            self._client.handler.spawn(self._look, event)

        try:
            try:
                children = self._client.get_children(self.place.path, watch=again)
            except NoNodeError:
                if self._client.exists(self.place.path, watch=again):
                    self._look()
                return
            leader = None
            for name in sorted(
                (one for one in children if one.startswith(_LABEL)), key=lambda one: one[-10:]
            ):
                try:
                    leader = json.loads(self._client.get(f"{self.place.path}/{name}")[0])
                    break
                except NoNodeError:
                    continue
        except KazooException:
            return
        self._call(self._found, leader)

    def _found(self, leader: dict[str, Any] | None) -> None:
        if leader != self.leader:
            self.leader = leader
            self._changed(leader)

    def _state(self, state: str) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if state == KazooState.SUSPENDED:
            # Mesos does not wait to be told that its session has ended.
            self._patience = self._loop.call_later(
                self._seconds, self._gone, "ZooKeeper session expired (timed out)"
            )
        elif state == KazooState.LOST:
            self._gone("ZooKeeper session expired")
        elif state == KazooState.CONNECTED and self.leader is None:
            self._returning = asyncio.ensure_future(asyncio.to_thread(self._again))

    def _again(self) -> None:
        try:
            if self._entry is not None and self._own is not None and not self._client.exists(self._own):
                self._enter()
            elif self._own is not None or self._entry is None:
                self._look()
        except KazooException:
            return

    def _gone(self, reason: str) -> None:
        self._found(None)
        self._lost(reason)

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        # Its threads may speak for a moment after the loop has ended.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)
