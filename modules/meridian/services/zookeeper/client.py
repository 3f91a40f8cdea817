"""Clients of an ensemble, over TLS, with an identity that the platform's authority signed."""

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kazoo.client import KazooClient
from kazoo.exceptions import KazooException
from kazoo.handlers.threading import KazooTimeoutError, SequentialThreadingHandler
from kazoo.retry import KazooRetry

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls

_SESSION_SECONDS = 10.0
# That a server does not answer is for callers to tell, in one line.
_LOGGER = logging.getLogger("meridian.services.zookeeper.client")
_LOGGER.setLevel(logging.CRITICAL)


class _Handler(SequentialThreadingHandler):
    """Connects over TLS. kazoo's own connection would trust every authority of the machine besides ours."""

    def __init__(self, tls: Tls) -> None:
        super().__init__()
        self._context = ssl.create_default_context(cafile=str(tls.ca))
        self._context.load_cert_chain(tls.certificate, tls.key)

    def create_connection(
        self, address: tuple[str, int], hostname: str = "", timeout: float | None = None, **_: Any
    ) -> ssl.SSLSocket:
        """Return a connection to a server whose certificate is good for its name."""
        plain = socket.create_connection(address, timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            return self._context.wrap_socket(plain, server_hostname=hostname or address[0])
        except OSError:
            plain.close()
            raise


@contextmanager
def connected(
    hosts: str, tls: Tls, user: str = "", password: str = "", timeout: float = 15.0
) -> Iterator[KazooClient]:
    """Connect to an ensemble and disconnect afterwards.

    :param hosts: ``host:port,…``; one is enough.
    :param tls: identity of the client.
    :param user: name to authenticate with; empty for nobody.
    :param password: its password.
    :param timeout: seconds to wait for the connection.
    :raises MeridianError: no server lets the client in within that time, or ZooKeeper refuses what was asked.
    """
    for file in (tls.ca, tls.certificate, tls.key):
        if not file.is_file():
            raise MeridianError(f"{file} is missing; apply the pki state first")
    client = KazooClient(
        hosts,
        timeout=_SESSION_SECONDS,
        handler=_Handler(tls),
        auth_data=[("digest", f"{user}:{password}")] if user else None,
        connection_retry=KazooRetry(max_tries=-1, delay=0.2, backoff=1, max_jitter=0.1),
        logger=_LOGGER,
    )
    try:
        client.start(timeout)
        yield client
    except KazooTimeoutError:
        raise MeridianError(f"ZooKeeper: no server of {hosts} serves clients after {timeout:.0f} s") from None
    except KazooException as error:
        raise MeridianError(f"ZooKeeper at {hosts}: {explain(error)}") from error
    finally:
        client.stop()
        client.close()


def explain(error: KazooException) -> str:
    """Return in words what ZooKeeper refused; its errors carry names and seldom a text."""
    name = type(error).__name__.removesuffix("Error")
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return f"{words}: {error}" if str(error) and str(error) != "((), {})" else words
