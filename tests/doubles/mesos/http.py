"""A small HTTP/1.1 server and client on asyncio: what both programs speak."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_MOST_HEAD = 65536


@dataclass
class Request:
    """What was asked.

    :ivar target: path with query, as sent.
    :ivar headers: by lower-case name.
    :ivar principal: who asked, once authenticated.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    secure: bool = False
    principal: str | None = None

    @property
    def path(self) -> str:
        """Path without query, decoded."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """Parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> Any:
        """Return the body as JSON.

        :raises ValueError: it is none.
        """
        return json.loads(self.body or b"null")


@dataclass
class Response:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any, status: int = 200) -> "Response":
        """Return an answer of JSON."""
        return cls(status, json.dumps(data).encode(), {"Content-Type": "application/json"})

    @classmethod
    def text(cls, status: int, text: str, **headers: str) -> "Response":
        """Return an answer of text."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8", **named})


class Stream:
    """An answer without an end, in chunks.

    :ivar closed: done when either side has closed it.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = dict(headers)
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writer: asyncio.StreamWriter | None = None
        self._held: list[bytes] = []

    def send(self, piece: bytes) -> None:
        """Send a piece; what was closed swallows it."""
        chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
        if self._writer is None:
            self._held.append(chunk)
        elif not self._writer.is_closing():
            self._writer.write(chunk)

    def close(self, politely: bool = True) -> None:
        """End the answer, or just drop the connection."""
        if self._writer is not None and not self._writer.is_closing():
            if politely:
                self._writer.write(b"0\r\n\r\n")
                self._writer.close()
            else:
                self._writer.transport.abort()
        if not self.closed.done():
            self.closed.set_result(None)

    def _attach(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        writer.write(b"".join(self._held))
        self._held.clear()
        if self.closed.done():
            self.close()


Handler = Callable[[Request], Awaitable[Response | Stream]]


class Server:
    """Serves until it is closed."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self.connections: set[asyncio.StreamWriter] = set()

    async def listen(self, host: str, port: int, context: ssl.SSLContext | None) -> int:
        """Start.

        :return: the port.
        """
        self._server = await asyncio.start_server(
            self._serve, host, port, ssl=context, limit=_MOST_HEAD, reuse_address=True
        )
        return int(self._server.sockets[0].getsockname()[1])

    def drop_all(self) -> None:
        """Cut every connection."""
        for writer in list(self.connections):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.add(writer)
        try:
            while (request := await _read_request(reader)) is not None:
                request.secure = writer.get_extra_info("ssl_object") is not None
                answer = await self._handler(request)
                if isinstance(answer, Stream):
                    await self._stream(answer, reader, writer)
                    return
                last = request.headers.get("connection", "").lower() == "close"
                writer.write(_response(answer, last, request.method == "HEAD"))
                await writer.drain()
                if last:
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, ssl.SSLError):
            pass
        finally:
            self.connections.discard(writer)
            writer.close()

    async def _stream(
        self, answer: Stream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = "HTTP/1.1 200 OK\r\n" + "".join(f"{key}: {value}\r\n" for key, value in answer.headers.items())
        writer.write((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
        answer._attach(writer)
        # Whoever reads a stream has nothing more to say: what comes is the end of the connection.
        gone: asyncio.Future[Any] = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({gone, answer.closed}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        answer.close()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = _headers(lines)
    return Request(method, target, headers, await _body(reader, headers))


def _headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join([piece async for piece in _chunks(reader)])
    return await reader.readexactly(int(headers.get("content-length") or 0))


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while length := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield await reader.readexactly(length)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")


def _response(answer: Response, last: bool, head_only: bool) -> bytes:
    try:
        reason = HTTPStatus(answer.status).phrase
    except ValueError:
        reason = "Unknown"
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    if last:
        headers["Connection"] = "close"
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    head = f"HTTP/1.1 {answer.status} {reason}\r\n{lines}\r\n".encode()
    return head if head_only else head + answer.body


async def request(
    method: str,
    url: str,
    data: Any = None,
    headers: Mapping[str, str] | None = None,
    context: ssl.SSLContext | None = None,
    timeout: float = 10,
) -> tuple[int, bytes]:
    """Ask once.

    :param data: body, sent as JSON; ``None`` for none.
    :return: status and body.
    :raises OSError: nobody answered in time.
    """
    async with asyncio.timeout(timeout):
        status, found, reader, writer = await _ask(method, url, data, headers or {}, context)
        try:
            content = await _content(reader, found)
        finally:
            writer.close()
    return status, content


async def stream(
    url: str, data: Any, headers: Mapping[str, str], context: ssl.SSLContext | None, timeout: float = 10
) -> tuple[int, dict[str, str], AsyncIterator[bytes], asyncio.StreamWriter]:
    """Ask for an answer without an end.

    :return: status, headers, the pieces, and the connection to close.
    """
    async with asyncio.timeout(timeout):
        status, found, reader, writer = await _ask("POST", url, data, headers, context)
    return status, found, _pieces(reader, found), writer


async def _pieces(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
    if headers.get("transfer-encoding") == "chunked":
        async for piece in _chunks(reader):
            yield piece
    else:
        yield await _content(reader, headers)


async def _ask(
    method: str, url: str, data: Any, headers: Mapping[str, str], context: ssl.SSLContext | None
) -> tuple[int, dict[str, str], asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    used = (context or ssl.create_default_context()) if secure else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(
        parts.hostname, port, ssl=used, server_hostname=parts.hostname if secure else None, limit=_MOST_HEAD
    )
    body = b"" if data is None else json.dumps(data).encode()
    sent = {"Host": parts.netloc, "Connection": "close", "Content-Length": str(len(body)), **headers}
    if data is not None:
        sent["Content-Type"] = "application/json"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = "".join(f"{key}: {value}\r\n" for key, value in sent.items())
    writer.write(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body)
    try:
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as problem:
        writer.close()
        raise OSError("connection closed") from problem
    return int(first.split(" ")[1]), _headers(rest), reader, writer


async def _content(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "transfer-encoding" in headers or "content-length" in headers:
        return await _body(reader, headers)
    return await reader.read()
