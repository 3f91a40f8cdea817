"""Where Elasticsearch is, and as whom it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.daemon import configuration

AUTH_FILE = "/etc/meridian/elasticsearch/auth.json"
CA_FILE = "/etc/meridian/pki/ca.pem"


@dataclass(frozen=True)
class ElasticAccess:
    """How to talk to one Elasticsearch cluster.

    :ivar urls: ``https://host:port`` of its nodes.
    :ivar ca: file of the CA certificate; empty for the system's CAs.
    :ivar auth: JSON file with ``user`` and ``password``; empty for a cluster without users.
    :ivar keys: user and password at hand, instead of a file of them. Never written anywhere.
    """

    urls: tuple[str, ...]
    ca: str = ""
    auth: str = ""
    keys: tuple[str, str] | None = field(default=None, repr=False)

    def credentials(self) -> tuple[str, str] | None:
        """Return user and password, ``None`` for a cluster without users.

        :raises MeridianError: the file is missing, unreadable, or lacks one of them.
        """
        if self.keys or not self.auth:
            return self.keys
        try:
            data = configuration.read(self.auth)
            return str(data["user"]), str(data["password"])
        except TypeError as error:
            raise MeridianError(f"{self.auth}: not JSON ({error}); deploy again to write it") from error
        except KeyError as error:
            raise MeridianError(f"{self.auth}: {error} is missing; deploy again to write it") from error


def of_node(section: Mapping[str, Any], auth: str = AUTH_FILE, ca: str = CA_FILE) -> ElasticAccess:
    """Return the access of a node to the cluster that it belongs to.

    :param section: the node's pillar ``elasticsearch``.
    :raises MeridianError: the pillar names no node.
    """
    urls = tuple(section.get("urls") or ())
    if not urls:
        raise MeridianError("this node has no Elasticsearch (pillar elasticsearch:urls is empty)")
    return ElasticAccess(urls, ca, auth)
