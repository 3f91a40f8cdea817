"""Secret values of apps: they come from pillar, go to Marathon in the environment, and are shown nowhere.

A definition names where a value is, never the value itself::

    secret_env: {DB_PASSWORD: apps:shop:password}          # an environment variable of the task
    secret_files: {conf/api.token: apps:shop:token}        # a file in its sandbox, mode 0600
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.marathon.definition import SECRET_KEYS

#: Shown in place of a value.
HIDDEN = "<secret>"
#: Label of an app with the names of its secret variables, so that those it had before are known as well.
LABEL = "MERIDIAN_SECRETS"
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_TELLING = re.compile(r"passw|secret|token|credential|private|api_?key", re.IGNORECASE)


def put_in(app: Mapping[str, Any], lookup: Callable[[str], Any]) -> dict[str, Any]:
    """Return a declared app as Marathon is to have it, secret values and all.

    :param lookup: returns the value at a place in pillar, ``None`` where there is none.
    :raises MeridianError: when a value is missing, or a file cannot be written before the app starts.
    """
    whole = {key: value for key, value in app.items() if key not in SECRET_KEYS}
    values = {str(name): str(place) for name, place in (app.get("secret_env") or {}).items()}
    files = {str(file): str(place) for file, place in (app.get("secret_files") or {}).items()}
    if not values and not files:
        return whole
    env = dict(whole.get("env") or {})
    for name in values:
        if name in env:
            raise MeridianError(f"app {app['id']}: {name} is in env and in secret_env; leave one out")
    if files and not whole.get("cmd"):
        raise MeridianError(
            f"app {app['id']}: secret_files are written before cmd runs, and it has none; use secret_env"
        )
    steps = []
    for index, (file, place) in enumerate(sorted(files.items())):
        variable = f"MERIDIAN_SECRET_FILE_{index}"
        values[variable] = place
        steps.append(_writes(str(app["id"]), file, variable))
    for name, place in values.items():
        value = lookup(place)
        if not isinstance(value, str | int) or value == "":
            raise MeridianError(f"app {app['id']}: no secret for {name} in pillar at {place}")
        env[name] = str(value)
    whole["env"] = env
    whole["labels"] = {**(whole.get("labels") or {}), LABEL: ",".join(sorted(values))}
    if steps:
        whole["cmd"] = "\n".join([*steps, str(whole["cmd"])])
    return whole


def names(app: Mapping[str, Any]) -> set[str]:
    """Return the variables of an app, as Marathon has it or is to have it, whose values are not shown."""
    labelled = str((app.get("labels") or {}).get(LABEL, ""))
    telling = {name for name in app.get("env") or {} if _TELLING.search(name)}
    return telling | set(filter(None, labelled.split(",")))


def values(apps: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the secret values in apps, longest first."""
    found = {str((app.get("env") or {}).get(name, "")) for app in apps for name in names(app)}
    return sorted((value for value in found if len(value) > 3), key=len, reverse=True)


def hide(text: str, secret: Iterable[str]) -> str:
    """Return a text without secret values.

    :param secret: what :func:`values` returned.
    """
    for value in secret:
        text = text.replace(value, HIDDEN)
    return text


def _writes(app_id: str, file: str, variable: str) -> str:
    if not _FILE.fullmatch(file):
        raise MeridianError(
            f"app {app_id}: {file} is not a file in the sandbox: letters, digits, dots, dashes, slashes"
        )
    folder, slash, _ = file.rpartition("/")
    make = f"mkdir -p {shlex.quote(folder)} && " if slash else ""
    return f'(umask 077; {make}printf %s "${variable}" > {shlex.quote(file)}) || exit 1; unset {variable}'
