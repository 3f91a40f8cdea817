"""The HTTP server: sockets, threads, TLS. What is answered is the application's business."""

import logging
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.api.answers import Answer, error
from kafka_scheduler.api.application import Application, Request
from kafka_scheduler.api.settings import ApiSettings

_log = logging.getLogger(__name__)
_AT_ONCE = 64
_IDLE_SECONDS = 30.0
# How soon a server that is told to stop does so.
_POLL_SECONDS = 0.2
_MOST_BYTES = 1 << 20


class HttpServer:
    """REST of one scheduler instance; leading or not, it is served."""

    def __init__(self, application: Application, settings: ApiSettings) -> None:
        for user in settings.users:
            user.secret()
        try:
            self._server = _Server((settings.bind, settings.port), application, _tls(settings))
        except OSError as why:
            raise MeridianError(f"api {settings.bind}:{settings.port}: {why.strerror or why}") from why
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="api", daemon=True
        )

    @property
    def port(self) -> int:
        """Port that is listened on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Serve in threads of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests."""
        self._server.shutdown()
        self._server.server_close()


def _tls(settings: ApiSettings) -> ssl.SSLContext | None:
    if settings.certificate is None or settings.key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.certificate, settings.key)
    except (OSError, ssl.SSLError) as why:
        raise MeridianError(f"api-certificate {settings.certificate}, api-key {settings.key}: {why}") from why
    return context


class _Server(ThreadingMixIn, HTTPServer):
    """Threads, as many as are allowed; the TLS handshake is made in them, so that none can hold others up."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], application: Application, tls: ssl.SSLContext | None
    ) -> None:
        self.application = application
        self._tls = tls
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask DNS for its own name, and wait for the answer.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            _log.warning("%d requests at once: another one was refused", _AT_ONCE)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            request.settimeout(_IDLE_SECONDS)
            if self._tls is not None:
                request = self._tls.wrap_socket(request, server_side=True)
        except OSError as why:
            _log.debug("%s: TLS: %s", client_address[0], why)
            self.shutdown_request(request)
        else:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("%s: connection ended", client_address[0], exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdigit() or int(length) > _MOST_BYTES:
            self.close_connection = True
            self._send(error(f"a body needs a Content-Length of at most {_MOST_BYTES} bytes", 413))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(int(length)))
        self._send(self.server.application.answer(request))

    def _send(self, answer: Answer) -> None:
        body = answer.encoded()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no HTTP with JSON as well."""
        self.close_connection = True
        self._send(error(message or explain or "bad request", int(code)))

    def version_string(self) -> str:
        return "scheduler"

    def log_message(self, format: str, *args: Any) -> None:
        # The query may be long, and holds nothing that an operator wants to read in a log.
        _log.debug("%s %s %s", self.client_address[0], self.command, (self.path or "").split("?")[0])
