import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import yaml
from meridian.cloud.bootstrap import (
    INSTALLER,
    TLS,
    Install,
    Master,
    files,
    fingerprint,
    minion_config,
    pinned,
    user_data,
)
from meridian.cloud.local.container import archive
from meridian.common import paths

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


PEM = "-----BEGIN PUBLIC KEY-----\nQUJD\nREVG\n-----END PUBLIC KEY-----\n"
INSTALL = Install(["salt==3008.3", "pyyaml==6.0.2"], "3008.3", "https://index.example.com/simple")


def cloud_config(**more: Any) -> dict[str, Any]:
    master = Master("203.0.113.7", PEM, {"transport": "tcp"}, "CA", "CERTIFICATE", "KEY")
    text = user_data("kafka-1.us-east.aws", master, "PRIVATE", "PUBLIC", INSTALL, **more)
    assert text.startswith("#cloud-config\n")
    found = yaml.safe_load(text)
    assert isinstance(found, dict)
    return found


def written(config: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {file["path"]: file for file in config["write_files"]}


def test_user_data_brings_keys_and_master_before_salt_starts() -> None:
    found = written(cloud_config())
    assert found["/etc/salt/pki/minion/minion.pem"]["content"] == "PRIVATE"
    assert found["/etc/salt/pki/minion/minion.pem"]["permissions"] == "0400"
    assert found["/etc/salt/pki/minion/minion_master.pub"]["content"] == PEM
    assert found[f"{TLS}/minion.key"]["permissions"] == "0400"
    config = yaml.safe_load(found["/etc/salt/minion"]["content"])
    assert (config["id"], config["master"]) == ("kafka-1.us-east.aws", "203.0.113.7")
    assert config["master_finger"] == fingerprint(PEM)


def test_fingerprint_is_the_one_that_salt_compares(tmp_path: Path) -> None:
    from salt.utils.crypt import pem_finger

    (tmp_path / "master.pub").write_text(PEM)
    assert fingerprint(PEM) == pem_finger(str(tmp_path / "master.pub"), sum_type="sha256")


def test_user_data_installs_the_pinned_salt_from_the_named_index() -> None:
    config = cloud_config()
    lines = written(config)["/etc/salt/requirements.txt"]["content"].splitlines()
    assert lines == ["--index-url https://index.example.com/simple", "salt==3008.3", "pyyaml==6.0.2"]
    assert config["runcmd"] == [[INSTALLER]]
    assert config["fqdn"] == "kafka-1.us-east.aws"


def test_installer_is_a_shell_script_that_keeps_a_salt_of_the_right_version(tmp_path: Path) -> None:
    script = tmp_path / "install"
    script.write_text(written(cloud_config())[INSTALLER]["content"])
    subprocess.run(["sh", "-n", str(script)], check=True)
    assert "grep -qwF 3008.3" in script.read_text()


def test_further_cloud_config_stands_beside_ours() -> None:
    config = cloud_config(more={"runcmd": [["true"]], "ntp": {"enabled": True}})
    assert config["runcmd"] == [[INSTALLER], ["true"]]
    assert config["ntp"] == {"enabled": True}


def test_user_data_with_real_keys_and_the_whole_lock_fits_the_smallest_provider_that_takes_it() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\n" + "A" * 1650 + "\n-----END RSA PRIVATE KEY-----\n"
    public = "-----BEGIN PUBLIC KEY-----\n" + "A" * 400 + "\n-----END PUBLIC KEY-----\n"
    lock = (paths.repository() / "salt/node/node-salt.lock").read_text()
    master = Master("203.0.113.7", public * 2, {}, public * 2, public * 2, key)
    text = user_data("kafka-1.us-east.aws", master, key, public, Install(pinned(lock), "3008.3"))
    assert len(text.encode()) < 16 * 1024


def test_pins_of_a_lock() -> None:
    marked = "x==1 ; python_version < '3.12'"
    lock = f"# by uv\nsalt==3008.3 \\\n    --hash=sha256:a\n{marked} \\\n    --hash=sha256:b\n"
    assert pinned(lock) == ["salt==3008.3", marked]
