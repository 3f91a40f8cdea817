"""Admin clients of a cluster, over TLS."""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from meridian.errors import MeridianError
from meridian.tls import Tls

#: Seconds that one request may take.
REQUEST_SECONDS = 15.0


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


def explain(error: BaseException) -> str:
    """Return Kafka's own words for what went wrong."""
    inner = error.args[0] if error.args else error
    return str(inner.str() if isinstance(inner, KafkaError) else error) or type(error).__name__
