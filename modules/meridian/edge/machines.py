"""Machines through salt-cloud: which there are, and how many at a time are made, started and removed."""

import ctypes
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import salt.cloud
import salt.config
import salt.utils.cloud

from meridian.errors import MeridianError

log = logging.getLogger(__name__)

ATTEMPTS = 2

# What a worker process inherits by being forked: Salt's loaders cannot be sent to it.
_site: "Site | None" = None


class Site:
    """One provider of an environment, as salt-cloud sees it.

    :param opts: the master's options.
    :param provider: alias of the provider, a key in ``cloud.providers.d/``.
    :param wanted: the salt-cloud map, ``{profile: {node id: overrides}}``.
    :param arguments: further arguments of the provider's libcloud driver.
    :raises MeridianError: provider or profile is not configured.
    """

    def __init__(
        self,
        opts: Mapping[str, Any],
        provider: str,
        wanted: Mapping[str, Any] | None = None,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        self.provider = provider
        self.opts = cloud_options(opts)
        configured = self.opts["providers"].get(provider)
        if not configured:
            raise MeridianError(f"provider {provider}: cloud.providers.d/ has no usable entry of that name")
        self.driver = next(iter(configured))
        own = configured[self.driver]
        own["arguments"] = {**(own.get("arguments") or {}), **(arguments or {})}
        # Other providers' credentials are nobody's business here, and asking them all takes time.
        self.opts["providers"] = {provider: configured}
        self.opts["map_data"] = {profile: dict(nodes) for profile, nodes in (wanted or {}).items()}
        # What CloudClient would set; "deploy" has Salt make and accept the minion's key.
        self.opts |= {"parallel": False, "deploy": True, "keep_tmp": False, "script_args": ""}
        self.opts |= {"show_deploy_args": False, "update_bootstrap": False}
        self.cloud = salt.cloud.Map(self.opts)
        if provider not in self.opts["providers"]:
            raise MeridianError(
                f"provider {provider}: its driver {self.driver} cannot be loaded or is not set up"
            )

    def listed(self) -> dict[str, dict[str, Any]]:
        """Return the provider's machines by name, see ``list_nodes_full`` of the driver."""
        return dict(self.call("list_nodes_full"))

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
        """Call a function of the salt-cloud driver."""
        import salt.utils.context

        loaded = self.cloud.clouds[f"{self.driver}.{function}"]
        with salt.utils.context.func_globals_inject(
            loaded, __active_provider_name__=f"{self.provider}:{self.driver}"
        ):
            return loaded(*arguments, **kwargs)

    def create(self, settings: dict[str, Any]) -> None:
        """Make one machine; try again once; leave neither machine nor key behind when that fails too.

        :raises MeridianError: with the reason of the last attempt.
        """
        name = settings["name"]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if not self.cloud.create(dict(settings)):
                    raise MeridianError("the driver made nothing, see the log of salt-run")
                return
            except (Exception, SystemExit) as problem:
                log.warning("%s: attempt %s of %s failed: %s", name, attempt, ATTEMPTS, problem)
                self.clean(name)
                if attempt == ATTEMPTS:
                    raise MeridianError(_first_line(problem)) from problem

    def clean(self, name: str) -> None:
        """Remove what there is of a machine: itself and its key."""
        try:
            if name in self.listed():
                self.call("destroy", name, call="action")
        finally:
            forget_key(self.opts, name)


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


def in_parallel(
    site: Site,
    work: Mapping[str, Any],
    action: str,
    parallel: int,
    done: Callable[[str, str], None] = lambda name, reason: None,
) -> dict[str, str]:
    """Run ``create``, ``clean`` or ``start`` for several machines, a bounded number at a time.

    :param work: machine name to its settings (``create``) or anything else.
    :param done: told each machine as it ends, with the reason when it failed.
    :returns: the reason of each that failed, by name.
    """
    global _site
    failed: dict[str, str] = {}
    if not work:
        return failed
    _site = site
    try:
        # Processes: salt-cloud puts the provider's name into module globals. Forked: it loads slowly.
        with ProcessPoolExecutor(
            min(parallel, len(work)),
            mp_context=multiprocessing.get_context("fork"),
            initializer=_die_with,
            initargs=(os.getpid(),),
        ) as pool:
            futures = {pool.submit(_work, action, name, settings): name for name, settings in work.items()}
            for future in as_completed(futures):
                name = futures[future]
                try:
                    reason = future.result()
                except BrokenProcessPool:
                    reason = "its worker process was killed (out of memory?)"
                if reason:
                    failed[name] = reason
                done(name, reason)
    finally:
        _site = None
    return failed


def accepted_keys(opts: Mapping[str, Any], suffix: str) -> set[str]:
    """Return the ids of accepted minion keys that end with ``suffix``."""
    folder = Path(opts["pki_dir"]) / "minions"
    return {entry for entry in os.listdir(folder) if entry.endswith(suffix)} if folder.is_dir() else set()


def forget_key(opts: Mapping[str, Any], name: str) -> None:
    """Remove a minion's key from the master, if it is there."""
    (Path(opts["pki_dir"]) / "minions" / name).unlink(missing_ok=True)


def _die_with(parent: int) -> None:
    """Have the kernel end this worker with the run that it works for, also when that one is killed."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _work(action: str, name: str, settings: Any) -> str:
    """Do one machine's part in a worker; return the reason of a failure, for exceptions may not pickle."""
    assert _site is not None
    try:
        if action == "create":
            _site.create(settings)
        elif action == "clean":
            _site.clean(name)
        else:
            _site.call(action, name, call="action")
    except Exception as problem:
        return _first_line(problem).removeprefix(f"{name}: ")
    return ""


def _first_line(problem: BaseException) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0] if lines else type(problem).__name__
