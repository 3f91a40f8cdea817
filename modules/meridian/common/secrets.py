"""Credentials that the platform makes for itself: once per environment, kept on the controller only."""

import json
import secrets as random
import string
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError
from meridian.common.files import write_private

_FILE = "secrets.json"
# The object store's users besides its root: the archiver's, and no other so far.
_OBJECT_STORE_USERS = ("archive",)
#: Services with passwords, and their users.
PASSWORDS = {
    "zookeeper": (
        "admin",
        "quorum",
        "mesos",
        "marathon",
        "kafka-scheduler",
        "elasticsearch-scheduler",
        "kafka",
    ),
    "mesos": ("operator", "agent", "marathon", "kafka-scheduler", "elasticsearch-scheduler", "mesos-dns"),
    "marathon": ("admin",),
    "kafka-scheduler": ("api", "reader"),
    "elasticsearch-scheduler": ("api",),
    "elasticsearch": ("elastic", "sink"),
}


def load(directory: Path) -> dict[str, Any]:
    """Return an environment's generated credentials.

    :param directory: the environment's :func:`meridian.common.paths.secrets`.
    :return: ``{"objectstore": {"root": {access_key, secret_key}, "users": {name: {…}}}}``, and for services
        with passwords ``{service: {user: password}}``; empty before :func:`ensure` ran.
    :raises MeridianError: when the file is damaged.
    """
    path = directory / _FILE
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise MeridianError(
            f"{path}: not valid JSON ({error}); put a good copy back, or destroy and remove it"
        ) from error


def ensure(directory: Path) -> list[str]:
    """Make the credentials that are missing; those there are stay as they are.

    :return: names of what was made, e.g. ``objectstore.users.archive``; empty when nothing was.
    :raises MeridianError: when the file is damaged.
    """
    known = load(directory)
    made: list[str] = []
    store = known.setdefault("objectstore", {})
    if "root" not in store:
        store["root"] = _key_pair()
        made.append("objectstore.root")
    users = store.setdefault("users", {})
    for name in _OBJECT_STORE_USERS:
        if name not in users:
            users[name] = _key_pair()
            made.append(f"objectstore.users.{name}")
    for service, names in PASSWORDS.items():
        passwords = known.setdefault(service, {})
        for name in names:
            if name not in passwords:
                passwords[name] = _secret()
                made.append(f"{service}.{name}")
    if made:
        write_private(directory / _FILE, json.dumps(known, indent=2, sort_keys=True) + "\n")
    return made


def _key_pair() -> dict[str, str]:
    letters = string.ascii_uppercase + string.digits
    return {
        "access_key": "".join(random.choice(letters) for _ in range(20)),
        "secret_key": _secret(),
    }


def _secret() -> str:
    # Letters and digits only: a secret passes through URLs, YAML and unit files without quoting.
    return "".join(random.choice(string.ascii_letters + string.digits) for _ in range(40))
