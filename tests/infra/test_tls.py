"""Whatever listens on a node speaks TLS, with a certificate of the platform's CA that names the node."""

import datetime
import ipaddress
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from meridian.topology.roles import Role

from tests.infra.subjects import Subject, bootstrap_of, entry_of, ports_of

# A cloud's machine has sshd as well, which encrypts by a protocol of its own.
_SSH = 22


def listeners(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the listening sockets that have to speak TLS: all that others can reach."""
    return [
        one
        for one in facts["listeners"]
        if one["port"] != _SSH and not ipaddress.ip_address(one["address"]).is_loopback
    ]


def test_service_listens_where_the_pillar_says(
    facts: dict[str, Any], subject: Subject, service: Role
) -> None:
    listening = {listener["port"] for listener in facts["listeners"]}
    assert ports_of(subject, service) <= listening


def test_every_listener_speaks_tls(facts: dict[str, Any]) -> None:
    plain = [
        f"{listener['address']}:{listener['port']}"
        for listener in listeners(facts)
        if listener["tls"] not in ("TLSv1.2", "TLSv1.3")
    ]
    assert plain == []


def test_listeners_show_certificates_of_the_platform(facts: dict[str, Any], subject: Subject) -> None:
    authority = x509.load_pem_x509_certificate(facts["certificates"]["/etc/meridian/pki/ca.pem"].encode())
    for listener in listeners(facts):
        shown = x509.load_pem_x509_certificate(listener["certificate"].encode())
        # Behind the region's own address is a broker of any node.
        check(shown, authority, subject, passed_on=listener["port"] == entry_of(subject))


def test_certificate_of_the_service(facts: dict[str, Any], subject: Subject, service: Role) -> None:
    texts = facts["certificates"]
    authority = x509.load_pem_x509_certificate(texts["/etc/meridian/pki/ca.pem"].encode())
    certificate = x509.load_pem_x509_certificate(texts[f"/etc/meridian/pki/{service.service}.pem"].encode())
    check(certificate, authority, subject)
    usages = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH} <= usages


def check(
    certificate: x509.Certificate, authority: x509.Certificate, subject: Subject, passed_on: bool = False
) -> None:
    """Assert that a certificate is the platform's, of today, strong enough, and names the node."""
    certificate.verify_directly_issued_by(authority)
    now = datetime.datetime.now(datetime.UTC)
    assert certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    assert key.key_size >= (2048 if isinstance(key, rsa.RSAPublicKey) else 256)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if passed_on:
        assert bootstrap_of(subject) in names.get_values_for_type(x509.DNSName)
        return
    assert subject.id in names.get_values_for_type(x509.DNSName)
    if subject.node:
        addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
        assert {subject.node.addresses.region, subject.node.addresses.management} <= addresses
