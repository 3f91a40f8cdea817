"""libcloud's own HTTP doubles, watched: what was sent is kept, and one answer may be put in for another."""

import base64
import binascii
import importlib
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import libcloud


def load(name: str) -> ModuleType:
    """Import a module of libcloud's tests, which come with its wheel but for the file of credentials.

    :param name: e.g. ``test_ec2``.
    """
    if "libcloud.test.secrets" not in sys.modules:
        example = Path(libcloud.__file__).parent / "test/secrets.py-dist"
        secrets = ModuleType("libcloud.test.secrets")
        exec(compile(example.read_text(), str(example), "exec"), vars(secrets))
        sys.modules["libcloud.test.secrets"] = secrets
    return importlib.import_module(f"libcloud.test.compute.{name}")


@dataclass(frozen=True)
class Sent:
    """A request.

    :ivar body: as it would have gone over the wire.
    """

    method: str
    url: str
    body: str


@dataclass(frozen=True)
class Answer:
    """An answer in place of the recorded one."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Recorder:
    """What went over the wire.

    :ivar sent: all requests, in order.
    :ivar doubles: the classes that were made by :meth:`watched`.
    :ivar answer: what is answered to requests that ``when`` is true for; the recorded answer when ``None``.
    """

    sent: list[Sent] = field(default_factory=list)
    answer: Answer | None = None
    when: Callable[[Sent], bool] = lambda sent: True
    doubles: list[Any] = field(default_factory=list)

    def watched(self, mock: type, **attributes: Any) -> type:
        """Return an HTTP double of libcloud's that keeps what is sent here.

        :param attributes: class attributes to set, e.g. ``type``.
        """
        recorder = self

        def get_request(this: Any, method: str, url: str, body: Any = None, headers: Any = None) -> Any:
            text = body.decode(errors="replace") if isinstance(body, bytes) else str(body or "")
            sent = Sent(method, url, text)
            recorder.sent.append(sent)
            if recorder.answer is not None and recorder.when(sent):
                given = recorder.answer
                return given.status, given.body, dict(given.headers), "as told"
            try:
                return mock._get_request(this, method, url, body, headers)  # type: ignore[attr-defined]
            except (AttributeError, OSError):
                # What an operation asks beside its own call was recorded without its type.
                kept, this.type = this.type, None
                try:
                    return mock._get_request(this, method, url, body, headers)  # type: ignore[attr-defined]
                finally:
                    this.type = kept

        made = type(f"Watched{mock.__name__}", (mock,), {"_get_request": get_request, **attributes})
        self.doubles.append(made)
        return made

    def carried(self, text: str) -> bool:
        """Return whether some request carried a text: as it is, in base64, or in base64 and compressed."""
        return any(text in form for sent in self.sent for form in _forms(f"{sent.url}\n{sent.body}"))


def _forms(text: str) -> Iterator[str]:
    plain = unquote(text)
    yield text
    yield plain
    for word in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", f"{text}\n{plain}"):
        try:
            raw = base64.b64decode(word, validate=True)
        except (binascii.Error, ValueError):
            continue
        if raw[:2] == b"\x1f\x8b":
            raw = zlib.decompress(raw, 31)
        yield raw.decode(errors="replace")
