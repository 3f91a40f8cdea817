"""A machine to make, as an adapter gets it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from libcloud.compute.base import NodeLocation

from meridian.common.errors import MeridianError


@dataclass(frozen=True)
class UserData:
    """How a provider takes cloud-init's user-data.

    :ivar keyword: the argument of libcloud's ``create_node``; empty when the adapter does it itself.
    :ivar limit: bytes that the provider takes, before it is encoded for the wire.
    :ivar gzip: whether compressed bytes are taken; cloud-init unpacks them.
    """

    keyword: str
    limit: int
    gzip: bool = False


@dataclass(frozen=True)
class Volume:
    """A data volume.

    :ivar size_gb: GiB.
    :ivar type: the provider's name of the type; its default when empty.
    """

    name: str
    size_gb: int
    type: str = ""


@dataclass(frozen=True)
class Request:
    """A machine to make, with everything looked up.

    :ivar name: node id.
    :ivar location: libcloud's location; ``None`` where the provider has but one.
    :ivar zone: availability zone there; empty for any.
    :ivar user_data: text, or compressed bytes where the provider takes them; empty for none.
    :ivar ssh_key: name or id of a key pair at the provider.
    :ivar ssh_public_key: text of a public key.
    :ivar firewall: rules ``{port, protocol, sources}``; ``None`` to leave the provider's default.
    :ivar network: the profile's ``network`` section, e.g. ``{name, subnet, public_ip}``.
    :ivar token: names the attempt, for providers that take one.
    :ivar extra: the profile's ``create`` section: goes to ``create_node`` as it is and wins.
    """

    name: str
    size: Any
    image: Any
    location: NodeLocation | None = None
    zone: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    user_data: str | bytes = ""
    ssh_key: str = ""
    ssh_public_key: str = ""
    volumes: Sequence[Volume] = ()
    firewall: Sequence[Mapping[str, Any]] | None = None
    network: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def generated_password() -> str:
    """Return a password for providers that insist on one; nobody is told, keys are used."""
    # Some want each class of characters.
    return f"{secrets.token_urlsafe(24)}aA1-"


def number(value: Any, what: str) -> int:
    """Return a whole number of a profile.

    :raises MeridianError: it is none.
    """
    try:
        return int(value)
    except (TypeError, ValueError) as problem:
        raise MeridianError(f"cloud.profiles.d/: {what} is {value!r}, expected a whole number") from problem
