"""The stores that Connect's REST server reads: right, and made anew only when they must be."""

import datetime
import os
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from meridian.common.errors import MeridianError
from meridian.services.connect.keystore import PASSWORD, Stores


def issue(folder: Path, name: str) -> None:
    """Write a self-signed certificate and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    (folder / f"{name}.pem").write_bytes(
        builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    form = serialization.PrivateFormat.PKCS8
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    """Stores that are not made yet, and the PEM files that they are made from."""
    pki, folder = tmp_path / "pki", tmp_path / "connect"
    pki.mkdir()
    folder.mkdir()
    issue(pki, "ca")
    issue(pki, "connect")
    return Stores("connect", pki, folder)


def test_stores_are_made_once(stores: Stores) -> None:
    assert stores.outdated() == [str(stores.keystore), str(stores.truststore)]
    stores.write(os.getgid())
    assert stores.outdated() == []
    assert stat.S_IMODE(stores.keystore.stat().st_mode) == 0o640


def test_a_renewed_certificate_makes_its_store_outdated(stores: Stores) -> None:
    stores.write(os.getgid())
    issue(stores.pki, "connect")
    assert stores.outdated() == [str(stores.keystore)]
    stores.write(os.getgid())
    assert stores.outdated() == []


def test_a_damaged_store_is_outdated(stores: Stores) -> None:
    stores.write(os.getgid())
    stores.truststore.write_bytes(b"not a store")
    assert stores.outdated() == [str(stores.truststore)]


def test_missing_pem_files_are_named(stores: Stores) -> None:
    (stores.pki / "ca.pem").unlink()
    with pytest.raises(MeridianError, match=r"ca\.pem"):
        stores.outdated()


def test_java_takes_key_and_authority_as_such(stores: Stores) -> None:
    stores.write(os.getgid())
    for store, entry in ((stores.keystore, "PrivateKeyEntry"), (stores.truststore, "trustedCertEntry")):
        listed = subprocess.run(
            ["keytool", "-list", "-keystore", str(store), "-storepass", PASSWORD],
            capture_output=True,
            text=True,
            check=True,
        )
        assert entry in listed.stdout
