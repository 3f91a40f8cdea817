"""The state in ZooKeeper, and who leads.

Below the root: ``leader/`` with the election's nodes, and a node per record. Each save is one transaction
that also checks that our own node of the election is still there: a scheduler whose session is over cannot
change a record, whatever it believes.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import KazooException, NoNodeError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.security import make_digest_acl
from meridian.common.errors import MeridianError

from kafka_scheduler.mesos.address import ZooKeeperPath
from kafka_scheduler.storage.base import StorageError, refuse_other

log = logging.getLogger("kafka-scheduler")

_LEADER = "leader"
_RECORDS = "records"
# ZooKeeper takes a megabyte.
_BATCH_BYTES = 700_000
_POLL_SECONDS = 1.0


class ZooKeeperStorage:
    """Records in ZooKeeper.

    :param name: of the framework.
    :param session: seconds after which ZooKeeper takes us for dead.
    """

    def __init__(
        self,
        where: ZooKeeperPath,
        name: str,
        session: float = 10.0,
        client: Callable[..., Any] = KazooClient,
    ) -> None:
        self._where = where
        self._name = name
        self._session = session
        auth = [("digest", f"{where.user}:{where.secret}")] if where.user else None
        acl = [make_digest_acl(where.user, where.secret, all=True)] if where.user else None
        self._client = client(hosts=where.hosts, timeout=session, auth_data=auth, default_acl=acl)
        self._node = ""
        self._lost: Callable[[MeridianError], None] | None = None
        self._closed = threading.Event()
        self._back = threading.Event()

    def lead(self, hostname: str, lost: Callable[[MeridianError], None]) -> None:
        """Stand for election, and wait until all who stood before are gone."""
        root = self._where.path.rstrip("/")
        try:
            self._client.start(timeout=max(30.0, self._session))
            for path in (root, f"{root}/{_LEADER}", f"{root}/{_RECORDS}"):
                if path:
                    self._client.ensure_path(path)
            self._claim(root)
            node = self._client.create(
                f"{root}/{_LEADER}/n-", hostname.encode(), ephemeral=True, sequence=True
            )
            self._lost = lost
            self._client.add_listener(self._listen)
            self._node = node
            self._await_turn(root)
        except (KazooException, KazooTimeoutError) as error:
            said = str(error) or type(error).__name__
            raise MeridianError(f"storage {self._where!r}: {said}") from error

    def _claim(self, root: str) -> None:
        """Write our framework's name, or refuse to use another's records."""
        path = f"{root}/{_RECORDS}"
        data, stat = self._client.get(path)
        if not data:
            self._client.set(path, json.dumps({"framework": self._name}).encode(), stat.version)
            return
        refuse_other(repr(self._where), json.loads(data).get("framework", ""), self._name)

    def _await_turn(self, root: str) -> None:
        mine = self._node.rpartition("/")[2]
        told = ""
        while not self._closed.is_set():
            names = sorted(self._client.get_children(f"{root}/{_LEADER}"))
            if mine not in names:
                raise MeridianError(f"storage {self._where!r}: the session ended while waiting to lead")
            before = names[: names.index(mine)]
            if not before:
                return
            gone = threading.Event()
            if self._client.exists(f"{root}/{_LEADER}/{before[-1]}", watch=lambda _, e=gone: e.set()) is None:
                continue
            if (leader := self.leader()) != told:
                log.info("%s leads; waiting", leader or "another")
                told = leader
            while not gone.wait(_POLL_SECONDS) and not self._closed.is_set():
                pass
        raise MeridianError("told to stop before it led")

    def _listen(self, state: str) -> None:
        """Step down in time: when the session is over, or may be before we hear of it."""
        if self._closed.is_set():
            return
        if state == KazooState.LOST:
            self._step_down("the session with ZooKeeper is over")
        elif state == KazooState.SUSPENDED:
            self._back.clear()
            threading.Thread(target=self._wait_for_return, name="zookeeper-lost", daemon=True).start()
        else:
            self._back.set()

    def _wait_for_return(self) -> None:
        # kazoo notices after two thirds of the session that nobody answers: this is what is left, and some.
        if not self._back.wait(self._session / 4):
            self._step_down("no ZooKeeper server answers")

    def _step_down(self, why: str) -> None:
        lost, self._lost = self._lost, None
        if lost is not None and not self._closed.is_set():
            lost(StorageError(f"storage {self._where!r}: {why}; another scheduler may lead now"))

    def leader(self) -> str:
        """Return the host that the oldest node of the election names."""
        root = self._where.path.rstrip("/")
        try:
            names = sorted(self._client.get_children(f"{root}/{_LEADER}"))
            return self._client.get(f"{root}/{_LEADER}/{names[0]}")[0].decode() if names else ""
        except (KazooException, KazooTimeoutError):
            return ""

    def load(self) -> dict[str, str]:
        """Return all records."""
        path = f"{self._where.path.rstrip('/')}/{_RECORDS}"
        try:
            # All at once, answered in order.
            asked = {
                name: self._client.get_async(f"{path}/{name}") for name in self._client.get_children(path)
            }
            return {unquote(name): answer.get()[0].decode() for name, answer in asked.items()}
        except (KazooException, KazooTimeoutError) as error:
            raise StorageError(f"storage {self._where!r}: {error or type(error).__name__}") from error

    def save(self, changes: Mapping[str, str | None]) -> None:
        """Store records in one transaction; only very many at once need more than one."""
        batch: dict[str, str | None] = {}
        size = 0
        for key, value in changes.items():
            batch[key] = value
            size += len(key) * 2 + len(value or "") * 2 + 200
            if size > _BATCH_BYTES:
                self._commit(batch)
                batch, size = {}, 0
        if batch:
            self._commit(batch)

    def _commit(self, changes: Mapping[str, str | None]) -> None:
        root = f"{self._where.path.rstrip('/')}/{_RECORDS}"
        try:
            there = set(self._client.get_children(root))
            transaction = self._client.transaction()
            transaction.check(self._node, 0)
            for key, value in changes.items():
                name = quote(key, safe="")
                path = f"{root}/{name}"
                if value is None:
                    if name in there:
                        transaction.delete(path)
                elif name in there:
                    transaction.set_data(path, value.encode())
                else:
                    transaction.create(path, value.encode())
            answers = transaction.commit()
        except (KazooException, KazooTimeoutError) as error:
            raise StorageError(f"storage {self._where!r}: {str(error) or type(error).__name__}") from error
        failed = [one for one in answers if isinstance(one, Exception)]
        if failed:
            why = "another scheduler leads now"
            if not isinstance(answers[0], NoNodeError):
                why = ", ".join(sorted({type(one).__name__ for one in failed}))
            raise StorageError(f"storage {self._where!r}: nothing was stored: {why}")

    def close(self) -> None:
        """Leave the election at once, not after the session's time."""
        self._closed.set()
        self._client.stop()
        self._client.close()
