"""What a machine must hold before its first start, so that its Salt minion is known to the master. Pure.

As files for an image that brings Salt (:func:`files`), as files with the installer (:func:`with_installer`),
which ssh carries, or as cloud-init's user-data that writes and runs the very same (:func:`user_data`).
"""

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import yaml

from meridian.cloud.local.container import File

UNIT = """\
[Unit]
Description=Salt minion of the Meridian platform
After=network.target
StartLimitIntervalSec=0

[Service]
ExecStart=/opt/salt/bin/salt-minion --disable-keepalive
Restart=always
RestartSec=2
KillMode=process
LimitNOFILE=8192

[Install]
WantedBy=multi-user.target
"""
UNIT_PATH = "/etc/systemd/system/salt-minion.service"
TLS = "/etc/salt/pki/minion/tls"
REQUIREMENTS = "/etc/salt/requirements.txt"
INSTALLER = "/usr/local/sbin/meridian-bootstrap"

# The same text by the C library, in a tenth of the time, which counts for every machine.
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

# Twice is fine: what is there is kept. --no-deps: the list is the whole closure, and leaves out what needs a
# compiler and Salt can do without. --no-compile: a minion needs a fraction, compiled as it is imported.
_INSTALL = """\
#!/bin/sh
set -eu
export DEBIAN_FRONTEND=noninteractive
again() {{
  for pause in 2 5 10 20 30 0; do
    "$@" && return 0
    sleep $pause
  done
  return 1
}}
if ! /opt/salt/bin/salt-minion --version 2>/dev/null | grep -qwF {version}; then
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    again apt-get -q update
    again apt-get -q install -y --no-install-recommends python3-venv
  fi
  python3 -m venv --clear /opt/salt
  again /opt/salt/bin/pip install -q --disable-pip-version-check --no-cache-dir \\
    --no-compile --no-deps -r /etc/salt/requirements.txt
  # Our own modules come from the master; they are found there as soon as they are.
  for packages in /opt/salt/lib/python3*/site-packages; do
    echo /opt/meridian/meridian/current > "$packages/meridian.pth"
  done
fi
systemctl daemon-reload
systemctl enable --now salt-minion.service
"""

SETTINGS: Mapping[str, Any] = {
    # Modules come with the package on the node; syncing them takes up to a minute at the first highstate.
    "autoload_dynamic_modules": False,
    # Both ask the network or the hardware for what no state of ours reads, and cost seconds.
    "enable_fqdns_grains": False,
    "enable_gpu_grains": False,
    "minimum_auth_version": 3,
    "mine_enabled": False,
    "log_level": "warning",
    "log_level_logfile": "quiet",
    # A master that restarts must be found again soon, by all nodes, but not in the same instant.
    "master_tries": -1,
    "acceptance_wait_time": 2,
    "random_reauth_delay": 3,
    "recon_default": 500,
    "recon_max": 3000,
}


@dataclass(frozen=True)
class Master:
    """How minions find and recognise the master.

    :ivar address: IP address or name.
    :ivar public_key: the master's public key, PEM; put in beforehand, so that no other master is believed.
    :ivar settings: what minions must share with the master, e.g. ``transport``, ``publish_port``.
    :ivar ca: PEM of the CA of the master's TLS certificate; empty where the transport is not TLS.
    :ivar certificate: PEM of this minion's own TLS certificate, which the master asks for.
    :ivar key: PEM of its private key.
    """

    address: str
    public_key: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    ca: str = ""
    certificate: str = ""
    key: str = ""


def minion_config(node: str, master: Master, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a minion's configuration.

    :param node: node id.
    :param master: the master to obey.
    :param extra: settings of the provider or profile (``minion:``); they win.
    """
    config = {**SETTINGS, "id": node, "master": master.address, **master.settings}
    if master.ca:
        config["ssl"] = {
            "ca_certs": f"{TLS}/ca.pem",
            "certfile": f"{TLS}/minion.pem",
            "keyfile": f"{TLS}/minion.key",
            "cert_reqs": "CERT_REQUIRED",
        }
    return {**config, **(extra or {}), "id": node}


def files(
    node: str, master: Master, private_key: str, public_key: str, extra: Mapping[str, Any] | None = None
) -> dict[str, File]:
    """Return the files that make a machine with Salt on it this platform's minion.

    :param node: node id.
    :param master: the master to obey.
    :param private_key: the minion's own key, PEM, already accepted on the master.
    :param public_key: its public half, PEM.
    :param extra: see :func:`minion_config`.
    """
    config = yaml.dump(minion_config(node, master, extra), Dumper=_Dumper, sort_keys=True)
    found = {
        "/etc/salt/minion": File(config.encode(), 0o640),
        "/etc/salt/pki/minion/minion.pem": File(private_key.encode(), 0o400),
        "/etc/salt/pki/minion/minion.pub": File(public_key.encode()),
        "/etc/salt/pki/minion/minion_master.pub": File(master.public_key.encode()),
        UNIT_PATH: File(UNIT.encode()),
        "/etc/systemd/system/multi-user.target.wants/salt-minion.service": File(link=UNIT_PATH, mode=0o777),
    }
    if master.ca:
        found[f"{TLS}/ca.pem"] = File(master.ca.encode())
        found[f"{TLS}/minion.pem"] = File(master.certificate.encode())
        found[f"{TLS}/minion.key"] = File(master.key.encode(), 0o400)
    return found


@dataclass(frozen=True)
class Install:
    """How a machine that has no Salt yet gets it.

    :ivar requirements: the whole closure as ``name==version`` lines, without hashes: with them it would
        fit into no provider's user-data.
    :ivar version: Salt's, to see whether an image brings it already.
    :ivar index: Python package index; pip's own default when empty.
    :ivar insecure: whether the index is believed without TLS, as one on a private network may have to be.
    """

    requirements: Sequence[str]
    version: str
    index: str = ""
    insecure: bool = False


def with_installer(
    minion_id: str,
    master: Master,
    private: str,
    public: str,
    settings: Install,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, File]:
    """Return the files that make a plain Debian this platform's minion once :data:`INSTALLER` has run.

    :param minion_id: node id.
    :param master: the master to obey; its fingerprint is part of the minion's configuration.
    :param private: the minion's own key, PEM, already accepted on the master.
    :param public: its public half, PEM.
    :param settings: which Salt, from where.
    :param extra: see :func:`minion_config`.
    """
    finger = {"master_finger": fingerprint(master.public_key)}
    found = files(minion_id, master, private, public, {**finger, **(extra or {})})
    lines = [f"--index-url {settings.index}"] if settings.index else []
    if settings.insecure:
        lines.append(f"--trusted-host {urlsplit(settings.index).netloc}")
    return {
        # The installer enables the unit; cloud-init cannot write a link.
        **{path: file for path, file in found.items() if not file.link},
        REQUIREMENTS: File("\n".join([*lines, *settings.requirements, ""]).encode(), 0o600),
        INSTALLER: File(_INSTALL.format(version=shlex.quote(settings.version)).encode(), 0o755),
    }


def user_data(
    minion_id: str,
    master: Master,
    private: str,
    public: str,
    settings: Install,
    extra: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """Return cloud-init's user-data that makes a plain Debian this platform's minion.

    It writes keys and configuration, installs Salt unless the image brings it, starts the minion and is done.
    The minion's id becomes the host name. Parameters are those of :func:`with_installer`, and

    :param more: further cloud-config: lists are put behind ours, anything else wins.
    """
    found = with_installer(minion_id, master, private, public, settings, extra)
    config: dict[str, Any] = {
        "fqdn": minion_id,
        "hostname": minion_id,
        "prefer_fqdn_over_hostname": True,
        # update-locale is missing where the package locales is.
        "locale": False,
        "write_files": [_written(path, file) for path, file in found.items()],
        "runcmd": [[INSTALLER]],
    }
    for key, value in (more or {}).items():
        ours = config.get(key)
        config[key] = [*ours, *value] if isinstance(ours, list) and isinstance(value, list) else value
    return "#cloud-config\n" + yaml.dump(config, Dumper=_Dumper, sort_keys=True, width=1000)


def fingerprint(public_key: str) -> str:
    """Return a public key's fingerprint as Salt writes it: SHA-256 over the PEM's inner lines.

    :param public_key: PEM.
    """
    inner = [line for line in public_key.encode().splitlines(keepends=True) if line.strip()][1:-1]
    digest = hashlib.sha256(b"".join(inner)).hexdigest()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def pinned(lock: str) -> list[str]:
    """Return the ``name==version`` lines of a requirements file, without its hashes and comments.

    :param lock: text of the file, as uv or pip-compile write it.
    """
    lines = (line.split(" --hash")[0].rstrip("\\ ") for line in lock.splitlines())
    return [line for line in lines if "==" in line and not line.startswith(("#", " "))]


def _written(path: str, file: File) -> dict[str, Any]:
    return {
        "path": path,
        "permissions": f"{file.mode:04o}",
        "owner": "root:root",
        "content": file.data.decode(),
    }
