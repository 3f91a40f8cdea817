"""Types of a connector's settings, as far as a comparison needs them. Pure.

Source: ``SourceConnectorConfig`` and the ``Mirror…Config`` classes of Kafka 4.3.1.
"""

import re

#: Clients' settings under a prefix: Kafka's own, of whatever type.
_CLIENTS = re.compile(r"((producer|consumer|admin)\.override|(source|target)\.cluster)\.(?!alias$)")
_TYPES = (
    ("INT", re.compile(r"(tasks\.max|replication\.factor)$")),
    (
        "LONG",
        re.compile(r"(\.interval\.seconds|\.timeout\.ms|\.lag\.max|\.interval\.ms|\.max\.ms|\.delay\.ms)$"),
    ),
    ("BOOLEAN", re.compile(r"(\.enabled|\.enable|\.include\.messages)$")),
    (
        "LIST",
        re.compile(
            r"((topics|groups)(\.exclude|\.blacklist)?|config\.properties\.exclude|transforms|predicates)$"
        ),
    ),
)


def of(key: str) -> str | None:
    """Return the type of a setting; ``None``: judge by its value.

    What a transformation or predicate is told is a text for all that is known here: ``1`` is not ``1.0``.
    """
    if key.startswith(("transforms.", "predicates.")):
        return "BOOLEAN" if key.endswith(".negate") else "STRING"
    if _CLIENTS.match(key):
        return None
    return next((kind for kind, pattern in _TYPES if pattern.search(key)), "STRING")
