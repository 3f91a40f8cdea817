"""Documents to Elasticsearch: sent until each is there, or known never to be."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from meridian.services.elasticsearch.client import ElasticClient, ElasticError

from elasticsearch_sink.document import META, Document
from elasticsearch_sink.verdict import Verdict, of_item, reason

log = logging.getLogger("elasticsearch-sink")

_FIRST_DELAY = 0.25
_LONGEST_DELAY = 30.0
_TOO_LARGE, _WRONG = 413, 400


@dataclass
class Counters:
    """What became of records since the start.

    :ivar indexed: documents that were made.
    :ivar already: records whose document was there: they had been sent before.
    :ivar dead: records that became dead letters.
    :ivar retries: requests that were repeated.
    :ivar bytes: bytes that were sent.
    """

    indexed: int = 0
    already: int = 0
    dead: int = 0
    retries: int = 0
    bytes: int = 0


@dataclass
class _Attempt:
    """What came of one request, or of its halves."""

    again: list[Document] = field(default_factory=list)
    there: list[Document] = field(default_factory=list)
    dead: list[tuple[Document, str]] = field(default_factory=list)
    problem: str = ""


class Interrupted(Exception):
    """Told to stop before everything was delivered."""


class Delivery:
    """Sends documents; what fails for a reason that may pass is sent again, after longer and longer pauses.

    :param client: client of the cluster, without patience of its own.
    :param counters: what is counted.
    :param pause: waits for so many seconds, told of the problem; ``False`` ends it.
    :param wanted: tells whether a document is still ours to deliver; asked after each pause.
    """

    def __init__(
        self,
        client: ElasticClient,
        counters: Counters,
        pause: Callable[[float, str], bool],
        wanted: Callable[[Document], bool] = lambda document: True,
    ) -> None:
        self._client = client
        self._counters = counters
        self._pause = pause
        self._wanted = wanted

    def deliver(self, documents: Sequence[Document]) -> list[tuple[Document, str]]:
        """Send documents until Elasticsearch has acknowledged each.

        1. All in one request; each is made, and never replaces one that is there. 2. One that is there is
        compared: the same record was sent before, another one's place it must not take. 3. Those that may
        succeed later are sent again, the others are returned.

        :return: those that cannot be indexed, with the reason.
        :raises Interrupted: told to stop.
        """
        dead: list[tuple[Document, str]] = []
        left = list(documents)
        delay = _FIRST_DELAY
        while left:
            came = self._attempt(left)
            self._compare(came)
            dead += came.dead
            left = came.again
            if left:
                self._counters.retries += 1
                if not self._pause(delay, came.problem):
                    raise Interrupted
                delay = min(delay * 2, _LONGEST_DELAY)
                left = [one for one in left if self._wanted(one)]
        self._counters.dead += len(dead)
        return dead

    def _attempt(self, documents: list[Document]) -> _Attempt:
        body = b"".join(one.action for one in documents)
        self._counters.bytes += len(body)
        try:
            items = self._client.bulk(body)
        except ElasticError as error:
            return self._whole(documents, error)
        came = _Attempt()
        for document, item in zip(documents, items, strict=True):
            verdict = of_item(item)
            if verdict is Verdict.DONE:
                self._counters.indexed += 1
            elif verdict is Verdict.THERE:
                came.there.append(document)
            elif verdict is Verdict.DEAD:
                came.dead.append((document, reason(item)))
            else:
                came.again.append(document)
                came.problem = f"Elasticsearch: index {document.index}: {item['status']} {reason(item)}"
        return came

    def _whole(self, documents: list[Document], error: ElasticError) -> _Attempt:
        """Return what a refusal of the whole request means: halves of it may be taken."""
        if error.status not in (_TOO_LARGE, _WRONG):
            return _Attempt(again=documents, problem=str(error))
        if len(documents) == 1:
            return _Attempt(dead=[(documents[0], str(error))])
        middle = len(documents) // 2
        first, second = self._attempt(documents[:middle]), self._attempt(documents[middle:])
        return _Attempt(
            first.again + second.again,
            first.there + second.there,
            first.dead + second.dead,
            first.problem or second.problem,
        )

    def _compare(self, came: _Attempt) -> None:
        """Sort what was there already into the same and others."""
        if not came.there:
            return
        try:
            found = self._client.sources([(one.index, one.id) for one in came.there], META)
        except ElasticError as error:
            came.again += came.there
            came.problem = str(error)
            return
        for document, meta in zip(came.there, found, strict=True):
            if meta == document.meta:
                self._counters.already += 1
            elif meta is None:
                # Someone has removed it in between.
                came.again.append(document)
                came.problem = f"Elasticsearch: {document.id} was there and is not"
            else:
                why = (
                    f"index {document.index} has another document {document.id}: was the topic deleted and "
                    "made again? remove the index first"
                )
                came.dead.append((document, why))
