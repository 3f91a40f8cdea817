"""What a machine must hold before its first start, so that its Salt minion is known to the master. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from meridian.cloud.container import File

UNIT = """\
[Unit]
Description=Salt minion of the Meridian platform
After=network.target

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
    config = yaml.safe_dump(minion_config(node, master, extra), sort_keys=True)
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
