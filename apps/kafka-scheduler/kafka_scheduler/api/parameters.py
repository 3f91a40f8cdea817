"""Parameters of a request: from its query, its form or its JSON body, checked against its route."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from meridian.common.errors import MeridianError

from kafka_scheduler.api.answers import ApiError
from kafka_scheduler.kafka import values

_TRUE = ("", "true", "1", "yes")
_FALSE = ("false", "0", "no")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a route.

    :ivar kind: ``string, integer, number, boolean``; ``time`` is a text such as ``30s``.
    :ivar default: as text; what counts when it is not given.
    :ivar old: its name in the oldest API.
    """

    name: str
    help: str
    kind: str = "string"
    required: bool = False
    default: str | None = None
    old: str | None = None


class Parameters:
    """What a request says.

    :param given: name → text.
    :raises ApiError: one is not of the route, is missing, or is not of its kind.
    """

    def __init__(self, known: Sequence[Parameter], given: Mapping[str, str]) -> None:
        by_name = {one.name: one for one in known} | {one.old: one for one in known if one.old}
        self._known = {one.name: one for one in known}
        self._given: dict[str, str] = {}
        for name, text in given.items():
            if name not in by_name:
                some = ", ".join(self._known) or "none"
                raise ApiError(f"there is no parameter {name}; known are {some}")
            self._given[by_name[name].name] = text
        for one in known:
            if one.required and not self._given.get(one.name):
                raise ApiError(f"parameter {one.name} is missing: {one.help}")

    def given(self, *names: str) -> dict[str, str]:
        """Return those of some parameters that the request has."""
        return {name: self._given[name] for name in names if name in self._given}

    def text(self, name: str) -> str:
        """Return a text, its default when it is not given; empty when it has none."""
        return self._given.get(name, self._known[name].default or "")

    def flag(self, name: str) -> bool:
        """Return a yes or no; ``force`` and ``force=true`` are the same."""
        if name not in self._given:
            return False
        text = self._given[name].lower()
        if text not in _TRUE + _FALSE:
            raise ApiError(f"parameter {name}: {text!r} is neither true nor false")
        return text in _TRUE

    def whole(self, name: str, least: int = 0) -> int | None:
        """Return a whole number, ``None`` when it is not given and has no default."""
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,15}", text) or int(text) < least:
            raise ApiError(f"parameter {name}: {text!r} is no whole number from {least} up")
        return int(text)

    def seconds(self, name: str) -> float:
        """Return a time in seconds."""
        text = self.text(name)
        try:
            return 0.0 if text in ("", "0") else values.duration(text)
        except MeridianError as error:
            raise ApiError(f"parameter {name}: {error}") from error


def read(query: str, kind: str, body: bytes) -> dict[str, str]:
    """Return what a request says, name → text; a body goes before the query.

    :param kind: the body's media type.
    :raises ApiError: the body is not what its type says, or a parameter comes twice.
    """
    found = _pairs(query)
    if not body:
        return found
    if kind.split(";")[0].strip().lower() == "application/json":
        try:
            data = json.loads(body)
        except ValueError as error:
            raise ApiError(f"the body is no JSON: {error}") from error
        if not isinstance(data, dict):
            raise ApiError("the body is no JSON object of parameters")
        return found | {str(name): _text(name, value) for name, value in data.items() if value is not None}
    try:
        return found | _pairs(body.decode())
    except UnicodeDecodeError as error:
        raise ApiError("the body is no UTF-8 text") from error


def _pairs(text: str) -> dict[str, str]:
    try:
        listed = parse_qsl(text.strip(), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise ApiError(f"parameters cannot be read: {error}") from error
    found = dict(listed)
    if len(found) < len(listed):
        raise ApiError("a parameter is given twice")
    return found


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, dict) and all(isinstance(one, str | int | float) for one in value.values()):
        return values.format_pairs({str(key): _text(key, one) for key, one in value.items()})
    raise ApiError(f"parameter {name}: a text, a number, true, false, or an object of these is expected")
