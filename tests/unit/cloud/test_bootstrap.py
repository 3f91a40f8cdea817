import io
import tarfile

import yaml
from meridian.cloud.bootstrap import TLS, Master, files, minion_config
from meridian.cloud.container import archive

MASTER = Master("10.230.0.1", "MASTER KEY", {"transport": "tcp"}, "CA", "CERTIFICATE", "KEY")


def test_minion_knows_its_master_before_the_first_start() -> None:
    found = files("kafka-1.west.test", MASTER, "PRIVATE", "PUBLIC")
    assert found["/etc/salt/pki/minion/minion_master.pub"].data == b"MASTER KEY"
    config = yaml.safe_load(found["/etc/salt/minion"].data)
    assert (config["id"], config["master"]) == ("kafka-1.west.test", "10.230.0.1")
    assert config["autoload_dynamic_modules"] is False


def test_private_key_is_the_minions_alone() -> None:
    found = files("n", MASTER, "PRIVATE", "PUBLIC")
    assert found["/etc/salt/pki/minion/minion.pem"].mode == 0o400


def test_tls_master_is_checked_against_its_ca() -> None:
    found, ssl = files("n", MASTER, "", ""), minion_config("n", MASTER)["ssl"]
    assert ssl["cert_reqs"] == "CERT_REQUIRED"
    assert found[ssl["ca_certs"]].data == b"CA"
    assert found[ssl["certfile"]].data == b"CERTIFICATE"
    assert found[ssl["keyfile"]].mode == 0o400
    assert ssl["keyfile"].startswith(TLS)
    assert "ssl" not in minion_config("n", Master("m", ""))


def test_profile_may_change_anything_but_the_id() -> None:
    config = minion_config("n", MASTER, {"log_level": "debug", "id": "other"})
    assert (config["log_level"], config["id"]) == ("debug", "n")


def test_unit_is_enabled_and_everything_packs_with_modes_and_links() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive(files("n", MASTER, "k", "p")))) as tar:
        entries = {entry.name: entry for entry in tar}
    assert entries["etc/salt/pki/minion/minion.pem"].mode == 0o400
    link = entries["etc/systemd/system/multi-user.target.wants/salt-minion.service"]
    assert link.issym()
    assert link.linkname.lstrip("/") in entries
