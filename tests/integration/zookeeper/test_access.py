"""Who may do what with an ensemble: certificates, passwords, access control lists, four-letter words."""

import socket
import ssl
from pathlib import Path

import pytest
from kazoo.client import KazooClient
from kazoo.security import CREATOR_ALL_ACL, READ_ACL_UNSAFE
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.zookeeper import acl, node, srvr

from tests.integration.kafka.machines import certificates
from tests.integration.zookeeper.conftest import UP_SECONDS, make_paths, refused
from tests.integration.zookeeper.machines import Ensemble
from tests.waiting import wait_until


def asked(ensemble: Ensemble, word: bytes, certificate: bool = True) -> str:
    """Return the answer to a four-letter word; empty when the connection is refused."""
    context = ssl.create_default_context(cafile=str(ensemble.tls.ca))
    if certificate:
        context.load_cert_chain(ensemble.tls.certificate, ensemble.tls.key)
    port = ensemble.machines[1].port
    with (
        socket.create_connection(("localhost", port), 5) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        try:
            connection.sendall(word)
            return connection.recv(4096).decode()
        except OSError:  # with TLS 1.3 the refusal comes with the first answer
            return ""


def test_who_has_no_certificate_of_the_platform_is_not_let_in(ensemble: Ensemble, tmp_path: Path) -> None:
    port = ensemble.machines[1].port
    plain = KazooClient(f"127.0.0.1:{port}", timeout=2)
    with pytest.raises(plain.handler.timeout_exception):
        plain.start(3)
    plain.close()

    certificates(tmp_path / "pki")
    stranger = Tls.of_service("kafka", tmp_path / "pki")
    with pytest.raises(MeridianError, match=f"ZooKeeper at localhost:{port}: .*"):
        srvr.ask("localhost", port, Tls(ensemble.tls.ca, stranger.certificate, stranger.key))

    assert asked(ensemble, b"srvr", certificate=False) == ""


def test_a_path_is_its_owners_and_its_readers_only(ensemble: Ensemble) -> None:
    assert make_paths(ensemble) == {}, "made a second time"
    with ensemble.client() as nobody:
        assert nobody.get_children("/")
        assert refused(lambda: nobody.create("/mine")) == "NoAuthError"
        for path in ("/mesos", "/marathon", "/kafka-scheduler", "/kafka"):
            assert refused(lambda path=path: nobody.get_children(path)) == "NoAuthError"
            assert refused(lambda path=path: nobody.create(f"{path}/x")) == "NoAuthError"
    with ensemble.client("marathon", password="wrong") as guesser:
        assert refused(lambda: guesser.get_children("/marathon")) == "NoAuthError"
    with ensemble.client("marathon") as marathon:
        marathon.create("/marathon/state", b"1")
        assert marathon.get_children("/mesos") == []
        assert refused(lambda: marathon.create("/mesos/leader")) == "NoAuthError"
        assert refused(lambda: marathon.get_children("/kafka-scheduler")) == "NoAuthError"
        marathon.delete("/marathon/state")
    with ensemble.client("mesos") as mesos:
        mesos.delete(mesos.create("/mesos/leader", ephemeral=True))


def test_a_certificate_lets_in_and_is_no_identity(ensemble: Ensemble) -> None:
    """All clients here have the same one, as those behind a node's proxy."""
    with ensemble.client("marathon") as marathon, ensemble.client("mesos") as mesos:
        path = marathon.create("/marathon/own", b"", [*CREATOR_ALL_ACL, *READ_ACL_UNSAFE])
        assert acl.describe(marathon.get_acls(path)[0]) == ["digest:marathon:cdrwa", "world:anyone:r"]
        # A server may not have read yet what another one has taken.
        mesos.sync(path)
        assert mesos.get(path)[0] == b""
        assert refused(lambda: mesos.set(path, b"mine")) == "NoAuthError"
        marathon.delete(path)


def test_a_changed_list_is_told_without_passwords_and_set_right(ensemble: Ensemble) -> None:
    with ensemble.client(node.ADMIN) as admin:
        before, _ = admin.get_acls("/marathon")
        admin.set_acls("/marathon", admin.get_acls("/")[0])
    changes = make_paths(ensemble)
    assert changes == {
        "/marathon": {
            "old": ["digest:admin:cdrwa", "world:anyone:r"],
            "new": ["digest:marathon:cdrwa"],
        }
    }
    with ensemble.client(node.ADMIN) as admin:
        assert admin.get_acls("/marathon")[0] == before


def test_of_the_four_letter_words_one_is_answered(ensemble: Ensemble) -> None:
    answer = srvr.parse(asked(ensemble, b"srvr"))
    assert answer.mode in ("leader", "follower")
    assert answer.zxid > 0
    for word in (b"conf", b"mntr", b"stat", b"envi", b"dump", b"ruok"):
        assert "not in the whitelist" in asked(ensemble, word)


def test_a_certificate_alone_makes_no_server(ensemble: Ensemble) -> None:
    """One that knows the members and has a certificate, but not the servers' own password."""
    stranger = ensemble.machines[4]
    stranger.settings["users"] = ensemble.users | {"quorum": "guessed"}
    stranger.apply()
    assert ensemble.prepare(4).count("participant") == 4
    stranger.start()
    try:
        wait_until(
            "it is refused",
            lambda: "Authentication failed against server" in stranger.log.read_text(encoding="utf-8"),
            UP_SECONDS,
        )
        assert not stranger.ask().serves
    finally:
        stranger.stop()
