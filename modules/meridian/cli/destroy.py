"""The end of an environment: asking first, and leaving nothing behind but caches."""

import shutil
import sys
from collections.abc import Callable

from meridian import paths


def confirmed(environment: str, purge: bool) -> bool:
    """Ask for the environment's name; only the very name is a yes, and no terminal is a no."""
    what = f"all nodes, topics and archives of environment {environment}" + (
        " and all caches" if purge else ""
    )
    if not sys.stdin.isatty():
        print(f"meridian: this destroys {what}; say --yes where nobody can be asked", file=sys.stderr)
        return False
    return input(f"This destroys {what}. Type the environment's name to go on: ").strip() == environment


def clean(purge: bool, down: Callable[[], list[str]]) -> None:
    """Remove what the orchestration could not, as it stood on it: network, master, engine, state folder.

    Does nothing while another environment of this clone stands.

    :param purge: remove caches, the node image and the virtual environment too.
    :param down: stops what this clone started on the controller.
    """
    from meridian.cloud import allotment, networks

    record = allotment.read(allotment.record_file())
    if record is not None and record.slots:
        return
    if record is not None:
        networks.remove_management(record.platform)
    if purge:
        from meridian.cloud import image

        image.remove_all()
    down()
    kept = set() if purge else {"venv"}
    for child in paths.state().iterdir():
        if child.name not in kept:
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    if purge:
        shutil.rmtree(paths.cache(), ignore_errors=True)
