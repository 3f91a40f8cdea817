"""What REST says: answers and errors."""

import json
from dataclasses import dataclass
from dataclasses import field as data_field
from typing import Any

from meridian.common.errors import MeridianError

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """An answer to a request.

    :ivar body: plain data, which go as JSON; text goes as it is, as ``kind``.
    """

    body: Any
    status: int = 200
    kind: str = JSON
    headers: dict[str, str] = data_field(default_factory=dict)

    def encoded(self) -> bytes:
        """Return the body as it goes over the wire."""
        text = self.body if self.kind != JSON else json.dumps(self.body, separators=(",", ":")) + "\n"
        return str(text).encode()


class ApiError(MeridianError):
    """An error with its HTTP status.

    :ivar status: 400 when the request says nothing that could be done, 404 when it names what there is not.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def error(message: str, status: int, **headers: str) -> Answer:
    """Return one line of what went wrong, as JSON."""
    line = " ".join(message.split())
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer({"error": line}, status, headers=named)
