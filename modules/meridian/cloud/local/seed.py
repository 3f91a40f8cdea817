"""What a machine finds at a cloud's metadata service, as files in a container of the local cloud. Pure.

The node image has cloud-init and sshd asleep. A NoCloud seed (cloud-init's documentation, "NoCloud") and the
unit's link wake the one, a key that may log in the other.
"""

import hashlib
import json

from meridian.cloud.local.container import File

FOLDER = "/var/lib/cloud/seed/nocloud"
AUTHORIZED_KEYS = "/root/.ssh/authorized_keys"
_TARGET = "cloud-init.target"


def user_data(name: str, data: str | bytes) -> dict[str, File]:
    """Return the files that make a node's cloud-init run user-data at its first start.

    :param name: node id.
    :param data: the user-data, as text or compressed.
    """
    content = data.encode() if isinstance(data, str) else data
    # Another instance to cloud-init is one whose user-data runs again.
    instance = f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    about = json.dumps({"instance-id": instance, "local-hostname": name})
    return {
        f"{FOLDER}/meta-data": File(about.encode() + b"\n"),
        # It holds the minion's private key.
        f"{FOLDER}/user-data": File(content, 0o600),
        # The image has no generator that would look for a seed at every start of every node.
        f"/etc/systemd/system/multi-user.target.wants/{_TARGET}": File(
            link=f"/lib/systemd/system/{_TARGET}", mode=0o777
        ),
    }


def ssh_key(public_key: str) -> dict[str, File]:
    """Return the files that let a key log in as root; sshd runs only where they are.

    :param public_key: one line, as in a ``.pub`` file.
    """
    return {AUTHORIZED_KEYS: File(f"{public_key.strip()}\n".encode(), 0o600)}
