"""A route: a path, what it takes, what it answers, and who may ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kafka_scheduler.api.answers import Answer
from kafka_scheduler.api.parameters import Parameter, Parameters

# The context is the service's own, and the same for all handlers of one table.
Handler = Callable[[Any, Parameters], Answer]


@dataclass(frozen=True)
class Route:
    """A path, and what answers there.

    :ivar answer: name of the answer's schema in :mod:`kafka_scheduler.api.openapi`.
    :ivar methods: what it may be asked with; a path that changes something takes POST only.
    :ivar changes: it may change something although it takes GET.
    :ivar old: the same by the oldest API's path, there by GET as well.
    :ivar public: needs no secret.
    :ivar local: answered by an instance that does not lead, too.
    """

    path: str
    handler: Handler
    summary: str
    answer: str
    parameters: tuple[Parameter, ...] = ()
    methods: tuple[str, ...] = ("POST",)
    changes: bool = False
    old: tuple[str, ...] = ()
    public: bool = False
    local: bool = False

    def is_read(self, method: str) -> bool:
        """Return whether a request with that method changes nothing."""
        return method == "GET" and "GET" in self.methods and not self.changes
