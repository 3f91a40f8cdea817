"""A provider in the suite: its double, its settings, and what is declared as proven."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.unit.cloud.conformance.recorder import Answer, Recorder, Sent


def _posts(sent: Sent) -> bool:
    return sent.method in ("POST", "PUT")


@dataclass(frozen=True)
class Subject:
    """One provider.

    :ivar provider: libcloud's name.
    :ivar install: puts watched doubles in the place of connections.
    :ivar proven: operations that pass; all others must fail.
    :ivar arguments: the driver's further arguments; ``key`` and ``secret`` are made up.
    :ivar size: what a profile names, as ``image``, ``location`` and ``zone``.
    :ivar node: name of the machine that is acted on; the first one when empty.
    :ivar types: which of the recorded answers, the double's ``type``, an operation wants.
    :ivar refused: how the provider refuses credentials, as the next ones say other things.
    :ivar creates: which request makes a machine.
    :ivar added: operations for which the wheel has no recorded answer, so that ours stands in.
    """

    provider: str
    install: Callable[[Any, Recorder], Any]
    proven: frozenset[str]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    secret: bool = False
    key: str = "very-secret-key"
    size: str = ""
    image: str = ""
    location: str = ""
    zone: str = ""
    name: str = ""
    node: str = ""
    network: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    refused: Answer | None = None
    quota: Answer | None = None
    limited: Answer | None = None
    unavailable: Answer | None = None
    creates: Callable[[Sent], bool] = _posts
    added: frozenset[str] = frozenset()

    def switch(self, operation: str, recorder: Recorder) -> None:
        """Have the double give the answers that were recorded for an operation."""
        for double in recorder.doubles if self.types else ():
            double.type = self.types.get(operation)
