"""Machines of one provider through salt-cloud: which there are, made, started and removed one at a time."""

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import salt.cloud
import salt.config
import salt.utils.cloud
import salt.utils.context

from meridian.cloud.lifecycle.creation import create
from meridian.cloud.lifecycle.ownership import is_ours, living
from meridian.cloud.lifecycle.retry import PASSING, Backoff, retry, retry_policy
from meridian.cloud.lifecycle.world import conflict
from meridian.common.errors import MeridianError
from meridian.salt_api import accounts, transport

# Settings of a provider that are ours: salt-cloud need not see them.
_PARALLEL, _RETRY = "parallel", "retry"


class ProviderClient:
    """One provider of an environment, as salt-cloud sees it.

    :param opts: the master's options.
    :param provider: alias of the provider, a key in ``cloud.providers.d/``.
    :param environment: whose machines these are; no others are ever removed.
    :param arguments: further arguments of the provider's libcloud driver.
    :ivar parallel: how many machines it may make at a time, its setting ``parallel``; ``None`` without one.
    :ivar patience: how long and at what pace it is asked again, its setting ``retry``.
    :raises MeridianError: the provider is not configured.
    """

    def __init__(
        self,
        opts: Mapping[str, Any],
        provider: str,
        environment: str,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        self.provider, self.environment = provider, environment
        self.opts = cloud_options(opts)
        configured = accounts.entry(self.opts, provider)
        self.driver = next(iter(configured))
        own = configured[self.driver]
        self.parallel = _parallel(provider, own.pop(_PARALLEL, None))
        self.retry_policy = retry_policy(provider, own.pop(_RETRY, None))
        own["arguments"] = {**(own.get("arguments") or {}), **(arguments or {})}
        # Other providers' credentials are nobody's business here, and asking them all takes time.
        self.opts["providers"] = {provider: configured}
        # What CloudClient would set; "deploy" has Salt make and accept the minion's key.
        self.opts |= {"parallel": False, "deploy": True, "keep_tmp": False, "script_args": ""}
        self.opts |= {"show_deploy_args": False, "update_bootstrap": False}
        self.cloud = salt.cloud.Map(self.opts)
        if provider not in self.opts["providers"]:
            raise MeridianError(
                f"provider {provider}: its driver {self.driver} cannot be loaded or is not set up"
            )

    def listed(self) -> dict[str, dict[str, Any]]:
        """Return the provider's living machines by name, see ``list_nodes_full`` of the driver."""
        return living(retry(lambda: self.call("list_nodes_full"), Backoff(self.retry_policy)))

    def want(self, wanted: Mapping[str, Any]) -> None:
        """Say which machines there shall be.

        :param wanted: the salt-cloud map, ``{profile: {node id: overrides}}``.
        """
        self.opts["map_data"] = {profile: dict(nodes) for profile, nodes in wanted.items()}
        self.cloud.rendered_map = self.cloud.read()

    def missing(self, existing: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the settings of each machine that the map wants and that does not exist.

        :raises MeridianError: the map names a profile that is not configured.
        """
        # Salt's own query would start a pool of processes and swallow the provider's error.
        existing = set(existing)
        self.cloud.map_providers_parallel = lambda *_, **__: {}
        found = self.cloud.map_data()
        if found.get("errors"):
            raise MeridianError(f"cloud.profiles.d/: {'; '.join(found['errors'].values())}")
        return {name: settings for name, settings in found["create"].items() if name not in existing}

    def call(self, function: str, *arguments: Any, **kwargs: Any) -> Any:
        """Call a function of the salt-cloud driver, once."""
        with self._active(function) as loaded:
            return loaded(*arguments, **kwargs)

    @contextmanager
    def _active(self, function: str) -> Iterator[Callable[..., Any]]:
        """Have the driver's module see this provider: Salt's loader shares it between all sites."""
        loaded = self.cloud.clouds[f"{self.driver}.{function}"]
        seen = {"__active_provider_name__": f"{self.provider}:{self.driver}", "__opts__": self.opts}
        with salt.utils.context.func_globals_inject(loaded, **seen):
            yield loaded

    def make(self, settings: dict[str, Any]) -> Any:
        """Ask salt-cloud for a machine, once, and return what it says of it."""
        with self._active("create"):
            return self.cloud.create(settings)

    def work(self, action: str, name: str, settings: Any) -> None:
        """Do one machine's part.

        :param action: ``create``, ``remove``, or a function of the salt-cloud driver that may be repeated.
        :param settings: the machine's settings for ``create``; nothing else needs them.
        :raises MeridianError: with the reason of the last attempt.
        """
        if action == "create":
            self.create(settings)
        elif action == "remove":
            self.remove(name, look=False)
        else:
            retry(lambda: self.call(action, name, call="action"), Backoff(self.retry_policy))

    def create(self, settings: Mapping[str, Any]) -> None:
        """Make one machine, see :func:`meridian.cloud.lifecycle.creation.create`."""
        create(ProviderMachine(self, settings), Backoff(self.retry_policy))

    def find(self, name: str) -> dict[str, Any] | None:
        """Return our machine of a name, if there is one.

        :raises MeridianError: there are several, or the one there has not our tags.
        """
        seen = self.listed().get(name)
        if seen is None:
            return None
        problem = conflict(name, self.provider, seen, is_ours(seen, self.environment))
        if problem:
            raise MeridianError(problem)
        return seen

    def protect(self) -> None:
        """Have the firewall of every wanted machine as the map says; alike ones cost one call together."""
        for settings in self.missing(()).values():
            retry(functools.partial(self.call, "protect", settings), Backoff(self.retry_policy))

    def clean_firewalls(self) -> list[str]:
        """Remove the environment's firewall rules that no machine uses; return their names."""

        def clean() -> list[str]:
            return list(self.call("clean_firewalls", self.environment))

        return retry(clean, Backoff(self.retry_policy))

    def remove(self, name: str, look: bool = True) -> None:
        """Have neither a machine nor its key.

        The key stays as long as the machine may be there: without it the machine could never answer.

        :param look: false when the caller has just seen that the machine is there and ours.
        :raises MeridianError: the provider does not remove it, or it is not ours.
        """
        backoff = Backoff(self.retry_policy)
        while True:
            try:
                if look and self.find(name) is None:
                    break
                # The answer may be lost, or somebody else was faster.
                look = True
                if self.call("destroy", name, call="action"):
                    break
                raise MeridianError(f"{self.provider} refused to remove it")
            except PASSING as problem:
                backoff.after(problem)
            except MeridianError:
                if self.find(name) is not None:
                    raise
                break
        forget_key(self.opts, name)


class ProviderMachine:
    """One machine at a site, for :func:`meridian.cloud.lifecycle.creation.create`.

    :param settings: merged provider, profile and map, as :meth:`ProviderClient.missing` returns them.
    """

    def __init__(self, site: ProviderClient, settings: Mapping[str, Any]) -> None:
        self.site = site
        self.name: str = settings["name"]
        self.settings = dict(settings)
        # In mode ssh Salt is brought to it only after it runs.
        self.self_sufficient = settings.get("bootstrap", "ssh") != "ssh"
        if site.opts.get("deploy"):
            # Once for all attempts: a machine that is found again was made with it.
            bits = salt.config.get_cloud_config_value("keysize", self.settings, site.opts, default=2048)
            self.settings["priv_key"], self.settings["pub_key"] = salt.utils.cloud.gen_keys(bits)

    def make(self) -> None:
        """Ask for it, once, and wait until it runs."""
        if not self.site.make(dict(self.settings)):
            raise MeridianError("the driver made nothing, see the log of salt-run")

    def look(self) -> dict[str, Any] | None:
        """Return its entry in the provider's list, if there is one."""
        return self.site.find(self.name)

    def remove(self) -> None:
        """Have neither it nor its key."""
        self.site.remove(self.name)


def cloud_options(opts: Mapping[str, Any]) -> dict[str, Any]:
    """Return salt-cloud's options from the folder of the master's configuration."""
    folder = Path(opts["conf_file"]).parent
    found = dict(salt.config.cloud_config(str(folder / "cloud"), master_config_path=str(folder / "master")))
    # A runner may have been given other places than the file says, a test above all.
    for key in (
        "pki_dir",
        "sock_dir",
        "cachedir",
        "root_dir",
        "transport",
        "ssl",
        "publish_port",
        "ret_port",
    ):
        if key in opts:
            found[key] = opts[key]
    return found


def accepted_keys(opts: Mapping[str, Any], suffix: str) -> set[str]:
    """Return the ids of accepted minion keys that end with ``suffix``."""
    folder = Path(opts["pki_dir"]) / "minions"
    return {entry for entry in os.listdir(folder) if entry.endswith(suffix)} if folder.is_dir() else set()


def forget_key(opts: Mapping[str, Any], name: str) -> None:
    """Remove a minion's key from the master, and its certificate, if they are there."""
    (Path(opts["pki_dir"]) / "minions" / name).unlink(missing_ok=True)
    transport.forget(name)


def _parallel(provider: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise MeridianError(
            f"cloud.providers.d/: {provider}: parallel: {value!r}: expected a number of machines, 1 or more"
        )
    return value
