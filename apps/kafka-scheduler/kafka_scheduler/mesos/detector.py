"""Which master leads."""

import itertools
from collections.abc import Callable
from typing import Any, Protocol

from kazoo.client import KazooClient
from kazoo.exceptions import KazooException, NoNodeError
from kazoo.handlers.threading import KazooTimeoutError
from meridian.common.errors import MeridianError

from kafka_scheduler.mesos.address import (
    Endpoint,
    ZooKeeperPath,
    endpoints,
    master_info,
    resolved,
    zookeeper,
)

_TIMEOUT = 10.0


class Detector(Protocol):
    """Finds the leading master."""

    def find(self) -> Endpoint:
        """Return the master to try next.

        :raises MeridianError: none is known.
        """

    def close(self) -> None:
        """Leave."""


class Listed:
    """Masters by name: each in turn, as one that does not lead says who does."""

    def __init__(self, masters: tuple[Endpoint, ...]) -> None:
        self._turns = itertools.cycle(masters)

    def find(self) -> Endpoint:
        """Return the next one."""
        return next(self._turns)

    def close(self) -> None:
        """Nothing to leave."""


class InZooKeeper:
    """The leader as the masters' own election in ZooKeeper has it: the oldest ``json.info_…`` node."""

    def __init__(self, where: ZooKeeperPath, tls: bool, client: Callable[..., Any] = KazooClient) -> None:
        self._where = where
        self._tls = tls
        auth = [("digest", f"{where.user}:{where.secret}")] if where.user else None
        self._client = client(hosts=where.hosts, timeout=_TIMEOUT, auth_data=auth)
        self._started = False

    def find(self) -> Endpoint:
        """Return the leading master."""
        try:
            if not self._started:
                self._client.start(timeout=_TIMEOUT)
                self._started = True
            names = self._client.get_children(self._where.path)
            infos = sorted(one for one in names if one.startswith("json.info_"))
            if not infos:
                raise MeridianError(f"{self._where!r}: no Mesos master leads; is there a quorum of masters?")
            data, _ = self._client.get(f"{self._where.path}/{infos[0]}")
        except NoNodeError:
            raise MeridianError(f"{self._where!r}: no Mesos master leads yet") from None
        except (KazooException, KazooTimeoutError) as error:
            said = str(error) or type(error).__name__
            raise MeridianError(f"{self._where!r}: ZooKeeper does not answer: {said}") from error
        return master_info(data, self._tls)

    def close(self) -> None:
        """Leave ZooKeeper."""
        self._client.stop()
        self._client.close()


def detector(master: str, tls: bool) -> Detector:
    """Return the detector that a master's address asks for.

    :raises MeridianError: it is no such address.
    """
    text = resolved(master)
    if text.startswith("zk://"):
        return InZooKeeper(zookeeper(text), tls)
    return Listed(endpoints(text, tls))
