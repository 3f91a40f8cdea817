"""Over a program in place of the system's ssh; the real one is met in tests/integration/cloud."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from meridian.cloud import over_ssh
from meridian.cloud.bootstrap import INSTALLER
from meridian.cloud.errors import CloudError, Timeout
from meridian.cloud.local.container import File
from meridian.cloud.over_ssh import Login
from meridian.common.errors import MeridianError

NAME = "kafka-1.east.exoscale"
FILES = {"/etc/salt/pki/minion/minion.pem": File(b"PRIVATE", 0o400), INSTALLER: File(b"#!/bin/sh\n", 0o755)}
# It says what each file says that is there, and ends as the file `ends` says, once for each line.
SSH = """\
#!/bin/sh
cd {folder}
echo "$@" >> called
cat > "input-$(wc -l < called)"
read -r code < ends && sed -i 1d ends
cat said >&2
exit "${{code:-0}}"
"""


class There:
    """The machine behind the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ends(self, *codes: int, said: str = "") -> None:
        """Have the next calls end with these codes; the ones behind them end well."""
        (self.folder / "ends").write_text("".join(f"{code}\n" for code in codes))
        (self.folder / "said").write_text(said)

    @property
    def called(self) -> list[str]:
        return (self.folder / "called").read_text().splitlines()

    def given(self, call: int) -> bytes:
        return (self.folder / f"input-{call}").read_bytes()


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> There:
    program = tmp_path / "bin/ssh"
    program.parent.mkdir()
    program.write_text(SSH.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    found = There(tmp_path)
    found.ends()
    return found


def login(there: There, **more: Any) -> Login:
    given = {"user": "root", "private_key": "", **more}
    return Login(NAME, "203.0.113.9", known_hosts=there.folder / "hosts" / NAME, **given)


def bring(there: There, deadline: float = 60.0, **more: Any) -> list[float]:
    waited: list[float] = []
    over_ssh.bring(login(there, **more), FILES, deadline, waited.append)
    return waited


def test_files_go_through_standard_input_and_the_installer_runs(there: There) -> None:
    bring(there)
    with tarfile.open(fileobj=io.BytesIO(there.given(2))) as tar:
        entries = {entry.name: entry for entry in tar}
    assert entries["etc/salt/pki/minion/minion.pem"].mode == 0o400
    assert entries[INSTALLER.lstrip("/")].mode == 0o755
    assert INSTALLER in there.called[1]
    assert "PRIVATE" not in " ".join(there.called)


def test_another_user_than_root_needs_sudo_without_a_password(there: There) -> None:
    bring(there, user="debian")
    assert "debian@203.0.113.9 sudo -n sh -c" in there.called[1]


def test_machine_that_is_still_starting_is_waited_for(there: There) -> None:
    there.ends(255, 255, said="Connection refused")
    assert len(bring(there)) == 2
    assert len(there.called) == 4


def test_machine_that_never_lets_us_in_is_named_with_the_reason(there: There) -> None:
    there.ends(255, said="Permission denied (publickey).")
    with pytest.raises(Timeout, match=rf"{NAME}: no login by ssh at 203.0.113.9 .*Permission denied"):
        bring(there, deadline=0.0)


def test_nothing_is_sent_to_a_machine_with_another_host_key(there: There) -> None:
    there.ends(255, said="Host key verification failed.")
    with pytest.raises(CloudError, match="shows another host key"):
        bring(there)
    assert [there.given(1), len(there.called)] == [b"", 1]


def test_installer_that_fails_is_told_with_its_last_words(there: There) -> None:
    there.ends(0, 1, said="No matching distribution found for salt==3008.3")
    with pytest.raises(CloudError, match=f"{NAME}: the installer ended with exit code 1: No matching"):
        bring(there)


def test_host_key_is_demanded_when_known_and_recorded_when_not(there: There) -> None:
    pinned = login(there, host_key="ssh-ed25519 AAAA")
    assert "StrictHostKeyChecking=yes" in over_ssh.arguments(pinned, "true")
    assert "StrictHostKeyChecking=accept-new" in over_ssh.arguments(login(there), "true")
    bring(there, host_key="ssh-ed25519 AAAA")
    assert (there.folder / "hosts" / NAME).read_text() == f"{NAME} ssh-ed25519 AAAA\n"


def test_missing_program_is_named_with_its_package(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MeridianError, match="openssh-client"):
        bring(there)
