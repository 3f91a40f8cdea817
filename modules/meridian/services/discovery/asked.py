"""A source that is asked by HTTPS for a list of what runs."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from meridian.services.discovery import names
from meridian.services.discovery.https import Access
from meridian.services.discovery.model import DiscoveryError, Endpoint, Wanted


class Asked:
    """What sources have in common that answer one question with all that there is.

    :cvar question: path and query of the question.
    :param access: the service's API.
    :param backends: what servers are labelled with there → backend that leads to them.
    """

    name: str
    question: str

    def __init__(
        self, access: Access, backends: Mapping[str, str], resolve: names.Resolve = names.resolve
    ) -> None:
        self._access = access
        self._backends = backends
        self._resolve = resolve

    def wanted(self) -> Wanted:
        """Ask once.

        :raises DiscoveryError: it does not answer, or not as expected.
        """
        found: dict[str, list[Endpoint]] = {}
        for label, host, port in self.places(self._access.get(self.question), self._backends):
            found.setdefault(self._backends[label], []).append(names.endpoint(host, port, self._resolve))
        return found

    @staticmethod
    def places(answer: Any, labels: Collection[str]) -> Iterator[tuple[str, str, object]]:
        """Yield label, host and port of each server that has one of the labels.

        :param answer: to the question.
        :raises DiscoveryError: it is something else.
        """
        raise NotImplementedError


def entries(answer: Any, key: str, who: str) -> list[Any]:
    """Return the list that an answer has under a key.

    :raises DiscoveryError: it has none.
    """
    found = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise DiscoveryError(f"{who} answers without a list of {key}")
    return found
