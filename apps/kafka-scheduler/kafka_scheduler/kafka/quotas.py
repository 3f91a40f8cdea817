"""Quotas of clients and users. By Kafka's own tool: confluent-kafka (2.16) has no request for them."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.kafka.access import KafkaAccess

#: The rates that may be set, as Kafka names them: bytes per second and broker.
RATES = ("producer_byte_rate", "consumer_byte_rate")
DEFAULT = "<default>"
_SEEN_SECONDS = 15.0
_KINDS = {"clients": "client-id", "users": "user-principal"}
_NAME = re.compile(r"[^\x00-\x1f]{1,249}")


@dataclass(frozen=True)
class Quota:
    """What a client or user may do.

    :ivar kind: ``clients`` or ``users``.
    :ivar entity: client id or user; ``<default>``: all that have none of their own.
    :ivar rates: what is limited → bytes per second and broker.
    """

    kind: str
    entity: str
    rates: Mapping[str, float]

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, under the names that setting it takes."""
        names = {RATES[0]: "producerByteRate", RATES[1]: "consumerByteRate"}
        return {
            "entityType": self.kind,
            "entity": self.entity,
            **{names.get(name, name): int(rate) for name, rate in sorted(self.rates.items())},
        }


class Quotas:
    """Operations on quotas. Each runs a JVM for a second or two."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access

    def listed(self) -> list[Quota]:
        """Return all quotas that are set for clients or for users, not those for pairs of both."""
        tool = self._access.configs_tool()
        return [one for kind in _KINDS for one in parse(kind, tool(["--describe", "--entity-type", kind]))]

    def assign(self, kind: str, entity: str, rates: Mapping[str, int | None]) -> list[Quota]:
        """Set some rates of a client or user, and return what it has now.

        :param rates: as Kafka names them → bytes per second and broker; ``None`` takes one away.
        :raises MeridianError: the tool refuses.
        """
        if entity != DEFAULT and not _NAME.fullmatch(entity):
            raise MeridianError(f"quota of {entity!r}: this is no name of a client or user")
        tool = self._access.configs_tool()
        whose = ["--entity-type", kind]
        whose += ["--entity-default"] if entity == DEFAULT else [f"--entity-name={entity}"]
        more = [f"{name}={rate}" for name, rate in rates.items() if rate is not None]
        less = [name for name, rate in rates.items() if rate is None]
        arguments = [*whose, "--alter"]
        if more:
            arguments += ["--add-config", ",".join(more)]
        if less:
            arguments += ["--delete-config", ",".join(less)]
        tool(arguments)
        wanted = {name: rate for name, rate in rates.items() if rate is not None}
        until = time.monotonic() + _SEEN_SECONDS
        while True:
            # Brokers hear of it one after the other, and any of them answers.
            found = [one for one in parse(kind, tool([*whose, "--describe"])) if one.entity == entity]
            has = {name: rate for one in found for name, rate in one.rates.items() if name in rates}
            if has == wanted or time.monotonic() > until:
                return found


def parse(kind: str, printed: str) -> list[Quota]:
    """Return the quotas that the tool printed for one kind of entity. Pure."""
    pattern = re.compile(rf"Quota configs for (?:the default {_KINDS[kind]}|{_KINDS[kind]} '(.*)') are (.*)")
    found = []
    for line in printed.splitlines():
        seen = pattern.fullmatch(line.strip())
        if not seen or f"', {_KINDS['clients']}" in line:
            continue
        pairs = (part.partition("=") for part in seen[2].split(", "))
        rates = {name: float(value) for name, _, value in pairs if value}
        if rates:
            found.append(Quota(kind, DEFAULT if seen[1] is None else seen[1], rates))
    return found
