"""Whatever listens on a node speaks TLS, with a certificate of the platform's CA that names the node."""

import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from meridian.kafka.mode import ZOOKEEPER

from tests.infra.subjects import Service, Subject, settings_of

# A cloud's machine has sshd as well, which encrypts by a protocol of its own.
_SSH = 22


def listeners(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the listening sockets that have to speak TLS."""
    return [one for one in facts["listeners"] if one["port"] != _SSH]


def ports(subject: Subject, service: Service) -> set[int]:
    """Return the ports that a service has to listen on."""
    settings = settings_of(subject).settings if subject.node else {}
    if service.name == "kafka":
        without = {"controller"} if settings.get("kafka", {}).get("mode") == ZOOKEEPER else set()
        return {
            port
            for name, port in settings.get("kafka", {}).get("ports", {"": 9092}).items()
            if name not in without
        }
    if service.name == "zookeeper":
        # The leader alone listens for followers.
        return {settings["zookeeper"]["ports"][name] for name in ("client", "election")}
    if service.name in ("connect", "objectstore"):
        return {settings[service.name]["port"]}
    return set()


def test_service_listens_where_the_pillar_says(
    facts: dict[str, Any], subject: Subject, service: Service
) -> None:
    listening = {listener["port"] for listener in facts["listeners"]}
    assert ports(subject, service) <= listening


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
        check(shown, authority, subject)


def test_certificate_of_the_service(facts: dict[str, Any], subject: Subject, service: Service) -> None:
    texts = facts["certificates"]
    authority = x509.load_pem_x509_certificate(texts["/etc/meridian/pki/ca.pem"].encode())
    certificate = x509.load_pem_x509_certificate(texts[f"/etc/meridian/pki/{service.name}.pem"].encode())
    check(certificate, authority, subject)
    usages = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH} <= usages


def check(certificate: x509.Certificate, authority: x509.Certificate, subject: Subject) -> None:
    """Assert that a certificate is the platform's, of today, strong enough, and names the node."""
    certificate.verify_directly_issued_by(authority)
    now = datetime.datetime.now(datetime.UTC)
    assert certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    assert key.key_size >= (2048 if isinstance(key, rsa.RSAPublicKey) else 256)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert subject.id in names.get_values_for_type(x509.DNSName)
    if subject.node:
        addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
        assert {subject.node.addresses.region, subject.node.addresses.management} <= addresses
