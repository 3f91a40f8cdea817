"""Calling a runner as ``salt-run`` does, also where no master runs and none was ever configured."""

from typing import Any

from meridian.common import paths
from meridian.salt_api import master


def call(function: str, **arguments: Any) -> Any:
    """Return what a runner returns.

    :param function: e.g. ``platform.plan``.
    :raises MeridianError: what the runner raises.
    """
    import salt.loader

    return salt.loader.runner(options())[function](**arguments)


def options() -> dict[str, Any]:
    """Return the options that runners want, also before the first deployment."""
    import salt.config

    if (paths.state() / "master.d").is_dir():
        return master.options_of_runners()
    # Before the first deployment: the part that it generates is not there, and Salt would warn of that.
    repository = paths.repository()
    own = {
        "conf_file": str(repository / "master"),
        "pillar_roots": {"base": [str(repository / "pillar")]},
    }
    return {**salt.config.DEFAULT_MASTER_OPTS, **own}
