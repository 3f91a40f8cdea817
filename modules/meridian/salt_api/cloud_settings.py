"""What salt-cloud's merged provider, profile and map say, as the cloud packages want it."""

import functools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import salt.config
import salt.utils.files
import yaml

from meridian.cloud import bootstrap, credentials, over_ssh
from meridian.cloud.account import Account
from meridian.cloud.create import MachineSpec
from meridian.cloud.errors import AlreadyExists, NotOffered
from meridian.cloud.ledger import Ledger
from meridian.cloud.local.container import File
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.salt_api import transport

MODES = ("files", "userdata", "ssh")

# Connections by what they are made of; not those of another process: a socket has but one owner.
_accounts: dict[tuple[int, str, str], Account] = {}


def account(opts: Mapping[str, Any], alias: str, config: Mapping[str, Any]) -> Account:
    """Return the account of a provider; the same one for the same settings within a process.

    :param opts: salt-cloud's options.
    :param alias: the provider's key in ``cloud.providers.d/``.
    :param config: what stands there.
    """
    wanted = {key: config.get(key) for key in ("provider", "key", "secret", "arguments", "locations")}
    key = (os.getpid(), alias, json.dumps(wanted, sort_keys=True, default=str))
    if key not in _accounts:
        ledger = Ledger(paths.state() / "machines" / f"{alias}.json")
        _accounts[key] = Account(alias, wanted, ledger, lambda address: _sdb(address, opts))
    return _accounts[key]


def known_hosts(name: str) -> Path:
    """Return the file that holds a machine's host key once it was met.

    :param name: node id.
    """
    return paths.state() / "machines" / "known_hosts" / name


class Settings:
    """One machine's merged settings.

    :param opts: salt-cloud's options.
    :param merged: provider, profile and map, as salt-cloud hands them to ``create``.
    :raises MeridianError: a setting is wrong; names it.
    """

    def __init__(self, opts: Mapping[str, Any], merged: dict[str, Any]) -> None:
        self.opts = opts
        self.merged = merged
        self.name = str(merged["name"])
        self.alias = str(merged.get("provider", "")).partition(":")[0]
        self.mode = str(self._value("bootstrap") or "ssh")
        if self.mode not in MODES:
            raise MeridianError(
                f"cloud.providers.d/: {self.alias}: bootstrap is {self.mode!r}, expected {', '.join(MODES)}"
            )

    def order(self) -> MachineSpec:
        """Return what is to be made."""
        create = dict(self._value("create") or {})
        if self.mode == "files":
            create["ex_files"] = self._files()
        return MachineSpec(
            name=self.name,
            size=str(self._value("size") or ""),
            image=str(self._value("image") or ""),
            location=str(self._value("location") or ""),
            zone=str(self._value("zone") or ""),
            tags={str(key): str(value) for key, value in (self._value("tags") or {}).items()},
            volumes=list(self._value("volumes") or ()),
            firewall=self._value("firewall"),
            network=dict(self._value("network") or {}),
            ssh_key=str(self._value("ssh_key") or ""),
            ssh_public_key=self._public_key_text(),
            create=create,
        )

    def user_data(self) -> Callable[[], str] | None:
        """Return what builds cloud-init's user-data; ``None`` in the other modes."""
        if self.mode != "userdata":
            return None
        return lambda: bootstrap.user_data(
            *self._identity(), self._install(), self._minion(), self._value("user_data_extra") or {}
        )

    def login(self, address: str) -> over_ssh.Login:
        """Return how to log in at the machine, in mode ``ssh``.

        :param address: its IP address.
        """
        return over_ssh.Login(
            name=self.name,
            address=address,
            user=str(self._value("ssh_username") or "root"),
            private_key=str(self._value("private_key") or ""),
            known_hosts=known_hosts(self.name),
            host_key=str(self._value("ssh_host_key") or ""),
        )

    def installed(self) -> dict[str, File]:
        """Return the files that user-data would write, for another way to bring them."""
        return bootstrap.with_installer(*self._identity(), self._install(), self._minion())

    def accept(self, public_key: str) -> None:
        """Accept the key that a taken machine's minion has, instead of the one that Salt has just made.

        :raises AlreadyExists: it was made by somebody who knows the key; we do not.
        """
        if not self.merged.get("pub_key"):
            return
        if not public_key:
            raise AlreadyExists(
                f"{self.name} exists and has our tags, but this clone did not make it and does not know its "
                f"minion's key: deploy from the clone that made it, or destroy it by name"
            )
        path = Path(self.opts["pki_dir"]) / "minions" / self.name
        with salt.utils.files.fopen(path, "w") as handle:
            handle.write(public_key)

    def _files(self) -> dict[str, File]:
        return bootstrap.files(*self._identity(), self._minion())

    def _identity(self) -> tuple[str, bootstrap.Master, str, str]:
        return self.name, self._master(), self.merged["priv_key"], self.merged["pub_key"]

    def _install(self) -> bootstrap.Install:
        requirements, version = _pinned(paths.repository() / "salt/node")
        wanted = self._value("install") or {}
        index, insecure = str(wanted.get("index") or ""), wanted.get("insecure") is True
        if index.startswith("http://") and not insecure:
            raise MeridianError(
                f"cloud.providers.d/: {self.alias}: install: index {index} has no TLS, whoever is on the way "
                "could put anything into it: name one with https, or set `insecure: true` beside it"
            )
        return bootstrap.Install(
            requirements=requirements,
            version=version,
            index=index,
            insecure=insecure,
        )

    def _minion(self) -> dict[str, Any]:
        return {key: value for key, value in (self._value("minion") or {}).items() if key != "master"}

    def _master(self) -> bootstrap.Master:
        address = (self._value("minion") or {}).get("master")
        if isinstance(address, Mapping):
            address = credentials.resolve(address, f"cloud.providers.d/: {self.alias}: minion: master")
        if not address:
            raise MeridianError(
                f"cloud.providers.d/: {self.alias}: the minions' `master` is not set (minion: {{master: …}})"
            )
        public = Path(self.opts["pki_dir"]) / "master.pub"
        if not public.is_file():
            raise MeridianError(f"{public} is missing: start the Salt master once, it makes its key then")
        transport.check(str(address), self.opts)
        tls = transport.minion(self.name, self.opts)
        return bootstrap.Master(
            address=str(address),
            public_key=public.read_text(encoding="utf-8"),
            settings={
                "transport": self.opts.get("transport", "zeromq"),
                "publish_port": int(self.opts.get("publish_port", 4505)),
                "master_port": int(self.opts.get("ret_port", 4506)),
            },
            **(asdict(tls) if tls else {}),
        )

    def _public_key_text(self) -> str:
        named = str(self._value("ssh_public_key") or "")
        if not named:
            return ""
        path = Path(named).expanduser()
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise NotOffered(
                f"cloud.profiles.d/: ssh_public_key: {path} cannot be read: {problem.strerror}"
            ) from problem

    def _value(self, key: str) -> Any:
        return salt.config.get_cloud_config_value(
            key, self.merged, self.opts, default=None, search_global=False
        )


def _sdb(address: str, opts: Mapping[str, Any]) -> Any:
    import salt.utils.sdb

    return salt.utils.sdb.sdb_get(address, dict(opts))


@functools.cache
def _pinned(folder: Path) -> tuple[Sequence[str], str]:
    """Return what Salt on a node needs, and its version, of the formula's files."""
    definition = yaml.safe_load((folder / "artifact.yaml").read_text(encoding="utf-8"))
    lock = (folder / "node-salt.lock").read_text(encoding="utf-8")
    return bootstrap.pinned(lock), str(definition["node-salt"]["version"])
