"""Credentials by reference: the repository names where they are; only a call to the provider reads them."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from meridian.cloud.errors import Refused

# Further arguments of libcloud's drivers that hold a secret under another name than key and secret.
SECRET_ARGUMENTS = frozenset(
    {
        "token",
        "password",
        "passphrase",
        "ex_consumer_key",
        "ex_force_auth_token",
        "ex_token_bearer_auth",
        "ex_password",
        "credential",
    }
)
_KINDS = ("env", "file", "sdb")
_PRIVATE = 0o077


def resolve(
    reference: Any, where: str, sdb: Callable[[str], Any] | None = None, needed: bool = True
) -> str | None:
    """Return the value that a reference stands for.

    :param reference: ``{env: NAME}``, ``{file: path}`` (mode 0600, ``~`` is the user's home) or
        ``{sdb: profile/key}`` (without ``sdb://``, which Salt would resolve for all providers
        whenever it reads its configuration).
    :param where: what the message shall name, e.g. ``cloud.providers.d/: aws: key``.
    :param sdb: reads an ``sdb://`` address.
    :param needed: whether an empty reference is an error.
    :raises Refused: it is not a reference, or leads nowhere.
    """
    if reference in (None, "", {}):
        if needed:
            raise Refused(f"{where} is not set: write {{env: NAME}}, {{file: path}} or {{sdb: profile/key}}")
        return None
    if not isinstance(reference, Mapping) or len(reference) != 1 or next(iter(reference)) not in _KINDS:
        raise Refused(
            f"{where} stands there in full: a secret may only be referred to, as {{env: NAME}}, "
            f"{{file: path}} or {{sdb: profile/key}}"
        )
    kind, name = next(iter(reference.items()))
    if kind == "env":
        value = os.environ.get(str(name), "")
        if not value:
            raise Refused(f"{where}: the environment variable {name} is not set: export it")
        return value
    if kind == "file":
        return _of_file(Path(str(name)).expanduser(), where)
    if sdb is None:
        raise Refused(f"{where}: sdb references need Salt's configuration")
    value = sdb(f"sdb://{str(name).removeprefix('sdb://')}")
    if not value or str(value).startswith("sdb://"):
        raise Refused(
            f"{where}: sdb has nothing under {name}; does the master configuration name its profile?"
        )
    return str(value)


def arguments(
    given: Mapping[str, Any], where: str, sdb: Callable[[str], Any] | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Return a driver's further arguments with references resolved, and the secrets among them.

    :param given: ``arguments`` of a provider's file; every value may be a reference, secret ones must be.
    :raises Refused: as :func:`resolve`.
    """
    found, secrets = {}, []
    for name, value in given.items():
        is_reference = isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in _KINDS
        if is_reference or (name in SECRET_ARGUMENTS and isinstance(value, str) and value):
            found[name] = resolve(value, f"{where}: arguments: {name}", sdb)
            secrets.append(str(found[name]))
        else:
            found[name] = value
    return found, secrets


def _of_file(path: Path, where: str) -> str:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise Refused(f"{where}: {path} is not a file")
        if mode & _PRIVATE:
            raise Refused(f"{where}: {path} may be read by others (mode {mode & 0o777:04o}): chmod 600 it")
        value = path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise Refused(f"{where}: {path} cannot be read: {problem.strerror}") from problem
    if not value:
        raise Refused(f"{where}: {path} is empty")
    return value
