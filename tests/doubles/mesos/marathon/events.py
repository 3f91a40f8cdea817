"""``/v2/events``: what happens, as server-sent events."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..http import Request, Stream
from .definitions import now

_KEEP_ALIVE = 5.0


class Events:
    """Those who listen."""

    def __init__(self) -> None:
        self._listeners: dict[Stream, set[str]] = {}

    def attach(self, request: Request) -> Stream:
        """Return the answer to one more listener."""
        wanted = set(parse_qs(urlsplit(request.target).query).get("event_type", []))
        stream = Stream({"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        self._listeners[stream] = wanted
        stream.closed.add_done_callback(lambda _: self._listeners.pop(stream, None))
        self.emit("event_stream_attached", remoteAddress="")
        return stream

    def emit(self, kind: str, **content: Any) -> None:
        """Tell all who want to hear of it."""
        body = json.dumps({**content, "eventType": kind, "timestamp": now()})
        for stream, wanted in list(self._listeners.items()):
            if not wanted or kind in wanted:
                stream.send(f"event: {kind}\r\ndata: {body}\r\n\r\n".encode())

    async def run(self) -> None:
        """Keep connections alive."""
        while True:
            await asyncio.sleep(_KEEP_ALIVE)
            for stream in list(self._listeners):
                stream.send(b"\r\n")
