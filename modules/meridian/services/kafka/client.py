"""Admin clients of a cluster, over TLS."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls

#: Seconds that one request may take.
REQUEST_SECONDS = 15.0
# What a broker answers that has not heard of a topic just made, or of its leaders.
_NOT_YET_KNOWN = (
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError._UNKNOWN_TOPIC,
    KafkaError._UNKNOWN_PARTITION,
)
_Answer = TypeVar("_Answer")


def admin(bootstrap: str, tls: Tls) -> AdminClient:
    """Return an admin client. It connects with its first request.

    :param bootstrap: ``host:port,…``.
    :raises MeridianError: a file of the identity is missing.
    """
    for file in (tls.ca, tls.certificate, tls.key):
        if not file.is_file():
            raise MeridianError(f"{file} is missing; deploying the environment writes it")
    return AdminClient(
        {
            "bootstrap.servers": bootstrap,
            "client.id": "meridian-admin",
            # A broker that is down for a moment is what the callers ask about, not a line for the terminal.
            "log_level": 0,
            "reconnect.backoff.max.ms": 1000,
            "socket.connection.setup.timeout.ms": 5000,
            **tls.librdkafka(),
        }
    )


def results(futures: Mapping[Any, Any], what: str) -> dict[Any, Any]:
    """Wait for the answers to a request of several parts.

    :param futures: what an ``AdminClient`` method returned.
    :param what: what was asked, for the message.
    :raises MeridianError: a part failed; says which and why.
    """
    answers = {}
    for key, future in futures.items():
        try:
            answers[key] = future.result(timeout=REQUEST_SECONDS * 2)
        except (KafkaException, TimeoutError) as error:
            raise MeridianError(f"{what} {getattr(key, 'name', key)}: {explain(error)}") from error
    return answers


def when_known(ask: Callable[[], _Answer], patience: float) -> _Answer:
    """Ask again while the broker that answers has not heard of a topic just made, or of its leaders.

    :param ask: asks once; raises Kafka's own error, or what :func:`results` makes of it.
    :param patience: seconds after which that is the answer.
    :raises KafkaException, MeridianError: what ``ask`` raised last.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return ask()
        except (KafkaException, MeridianError) as error:
            if not not_yet(error) or time.monotonic() > until:
                raise
            time.sleep(0.1)


def not_yet(error: BaseException) -> bool:
    """Return whether a broker says that it has not heard of a topic, or of its leaders; it may soon."""
    told = error if isinstance(error, KafkaException) else error.__cause__
    return isinstance(told, KafkaException) and told.args[0].code() in _NOT_YET_KNOWN


def explain(error: BaseException) -> str:
    """Return Kafka's own words for what went wrong."""
    inner = error.args[0] if error.args else error
    return str(inner.str() if isinstance(inner, KafkaError) else error) or type(error).__name__
