"""Machines that come up by themselves: by user-data as at any cloud, and over ssh, with the same installer.

One machine each: of an image that brings Salt; a plain one, which installs the pinned Salt from a package
index; one that was told another master's fingerprint; one that is reached by ssh.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian.cloud.errors import CloudError
from meridian.cloud.local.container import File
from meridian.cloud.over_ssh import Login, bring
from meridian.common import paths

from tests.integration.cloud.ground import ENVIRONMENT, REGION, Ground, package_index, wheels

WITH_SALT, PLAIN, MISLED, BY_SSH = (
    f"{name}-1.{REGION}.{ENVIRONMENT}" for name in ("ready", "plain", "misled", "ssh")
)
# Seconds; no more than a machine that is busy with other things needs at its worst.
DEADLINE = 420
OTHERS = ":".join(["ab"] * 32)
REFUSED = "Does not match the authenticating master's key"
# What an image of a real cloud does not have.
WITHOUT_SALT = [["rm", "-rf", "/opt/salt", "/opt/meridian/node-salt"]]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    folder, made = wheels(), Ground()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "repository", lambda: made.home)
        try:
            made.raise_up()
            key = made.home / "key"
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
            master = made.given.master_address
            with package_index(folder, master) as (index, made.asked):
                install = {"index": index, "insecure": True}
                made.make(
                    {
                        "local-cloudinit": {
                            PLAIN: {"install": install, "user_data_extra": {"bootcmd": WITHOUT_SALT}},
                            WITH_SALT: {},
                            MISLED: {"minion": {"master": master, "master_finger": OTHERS}},
                        },
                        "proving-ssh": {
                            BY_SSH: {"private_key": str(key), "ssh_public_key": f"{key}.pub"},
                        },
                    }
                )
                yield made
        finally:
            made.remove()


def _has_its_own_key(ground: Ground, node: str) -> None:
    """Assert that the minion uses the key that was made and accepted before it started, and no other."""
    folder = Path(ground.opts["pki_dir"])
    accepted = (folder / "minions" / node).read_text(encoding="utf-8")
    assert ground.run(node, "cat /etc/salt/pki/minion/minion.pub").strip() == accepted.strip()
    assert not list((folder / "minions_pre").glob("*"))


def test_node_comes_up_by_user_data_alone(ground: Ground) -> None:
    assert ground.silent([WITH_SALT], DEADLINE) == [], ground.run(WITH_SALT, "journalctl -q --no-pager -n 60")
    _has_its_own_key(ground, WITH_SALT)
    assert ground.run(WITH_SALT, "hostname").strip() == WITH_SALT
    assert ground.run(WITH_SALT, "stat -c %a /var/lib/cloud/seed/nocloud/user-data").strip() == "600"


def test_cloud_init_ends_without_an_error(ground: Ground) -> None:
    assert "status: done" in ground.run(WITH_SALT, "cloud-init status --wait")
    assert '"errors": []' in ground.run(WITH_SALT, "cat /run/cloud-init/result.json")


def test_minion_that_was_told_another_masters_fingerprint_refuses_to_join(ground: Ground) -> None:
    # Its unit starts it again, and again it refuses.
    log = ground.log_with(MISLED, REFUSED, seconds=DEADLINE, times=2)
    assert OTHERS in log
    assert ground.silent([MISLED, WITH_SALT], 4) == [MISLED]
    # It would go on for ever.
    ground.run(MISLED, "systemctl stop salt-minion")


def test_node_comes_up_over_ssh_with_the_same_installer(ground: Ground) -> None:
    assert ground.silent([BY_SSH], DEADLINE) == [], ground.run(BY_SSH, "journalctl -q --no-pager -n 60")
    _has_its_own_key(ground, BY_SSH)


def test_host_key_is_recorded_under_the_nodes_name(ground: Ground) -> None:
    recorded = (paths.state() / "machines" / "known_hosts" / BY_SSH).read_text(encoding="utf-8").split()
    own = ground.run(BY_SSH, "cat /etc/ssh/ssh_host_ed25519_key.pub").split()
    assert recorded[:3] == [BY_SSH, *own[:2]]


def test_machine_with_another_host_key_is_sent_nothing(ground: Ground) -> None:
    elsewhere = (ground.home / "key.pub").read_text(encoding="utf-8")
    login = Login(
        name=BY_SSH,
        address=ground.given.addresses.node_management(0, ground.names.index(BY_SSH)),
        user="root",
        private_key=str(ground.home / "key"),
        known_hosts=ground.home / "known_hosts",
        host_key=" ".join(elsewhere.split()[:2]),
    )
    with pytest.raises(CloudError, match="shows another host key"):
        bring(login, {"/root/sent": File(b"")}, DEADLINE)
    assert ground.run(BY_SSH, "test -e /root/sent || echo nothing").strip() == "nothing"


def test_neither_cloud_init_nor_sshd_runs_where_nobody_asked(ground: Ground) -> None:
    for node, unit in ((BY_SSH, "cloud-init.service"), (WITH_SALT, "ssh.service")):
        assert ground.run(node, f"systemctl is-active {unit}").strip() == "inactive"


def test_plain_machine_installs_the_pinned_salt_from_the_named_index(ground: Ground) -> None:
    log = "tail -n 40 /var/log/cloud-init-output.log"
    assert ground.silent([PLAIN], DEADLINE) == [], ground.run(PLAIN, log)
    _has_its_own_key(ground, PLAIN)
    assert "3008.3" in ground.run(PLAIN, "/opt/salt/bin/salt-minion --version")
    assert ground.run(PLAIN, "test -L /opt/salt || test -x /opt/salt/bin/pip && echo made here").strip()
    assert any(path.startswith("/salt-3008.3") for path in ground.asked)
