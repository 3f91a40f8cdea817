"""The names that a certificate is good for."""

import ipaddress
from collections.abc import Iterable

from cryptography import x509

from meridian.topology import Node, Region, names

_LOCAL = ("localhost", "127.0.0.1")


def of_node(node: Node) -> tuple[str, ...]:
    """Return all names and addresses that clients reach a node's services by, each once."""
    places = node.addresses
    return tuple(
        dict.fromkeys((node.id, node.name, places.management, places.region, places.external, *_LOCAL))
    )


def of_service(region: Region, node: Node, service: str) -> tuple[str, ...]:
    """Return what clients reach a service of a node by, each once.

    Clients of a Kafka cluster may begin with its own name, and those elsewhere with any node that leads to a
    broker: whichever answers them there is the right one.
    """
    found = of_node(node)
    if service == "kafka" and "kafka" in node.roles:
        entries = (one.addresses.external for one in region.entries)
        found += (names.bootstrap(region.name, node.environment), *entries)
    return tuple(dict.fromkeys(found))


def subject_alternative_names(names: Iterable[str]) -> x509.SubjectAlternativeName:
    """Return the extension; IP addresses become addresses, all else DNS names."""
    return x509.SubjectAlternativeName([_general_name(name) for name in names])


def of_certificate(certificate: x509.Certificate) -> frozenset[str]:
    """Return the names that a certificate is good for."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(str(name.value) for name in extension.value)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
