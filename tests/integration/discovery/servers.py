"""Small servers behind the proxy: TLS, by certificate, each says who it is."""

import socket
import ssl
import threading
from pathlib import Path

from tests.integration.kafka.machines import free_ports


class Greeter:
    """A server that answers a line with its name; asked ``srvr``, it answers as ZooKeeper does.

    :ivar port: where it listens.
    :ivar mode: what it says it is to ``srvr``; empty: it serves nobody.
    """

    def __init__(self, name: str, identity: Path, service: str) -> None:
        self.name = name
        self.mode = "follower"
        (self.port,) = free_ports(1)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(identity / f"{service}.pem", identity / f"{service}.key")
        self._context.load_verify_locations(identity / "ca.pem")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._socket: socket.socket | None = None
        self.start()

    def start(self) -> None:
        """Listen."""
        self._socket = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._socket,), daemon=True).start()

    def stop(self) -> None:
        """Listen no longer."""
        if self._socket is not None:
            # close() alone leaves accept() waiting, and the port with it.
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            with self._context.wrap_socket(connection, server_side=True) as channel:
                while asked := channel.recv(100):
                    channel.sendall(self._reply(asked.decode()).encode())
        except OSError:
            return

    def _reply(self, asked: str) -> str:
        if not asked.startswith("srvr"):
            return f"{self.name}\n"
        return (
            f"Zookeeper version: 3.8\nMode: {self.mode}\n"
            if self.mode
            else "not currently serving requests\n"
        )
