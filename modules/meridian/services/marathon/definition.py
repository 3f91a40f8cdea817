"""An app's definition in one canonical form: what was declared and what Marathon shows become comparable.

The defaults are those of Marathon's own API description; what Marathon adds by itself (versions, counts,
chosen ports, roles) is left out.
"""

import copy
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from meridian.common.errors import MeridianError

#: Ours, beside Marathon's own keys: see :mod:`meridian.services.marathon.secret_values`.
SECRET_KEYS = ("secret_env", "secret_files")
_ID = re.compile(r"(/[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)+")
_DEPRECATED = {
    "uris": "fetch: [{uri: …}]",
    "ports": "portDefinitions: [{port: …}]",
    "ipAddress": "networks",
    "container.docker.network": "networks: [{mode: container/bridge}]",
    "container.docker.portMappings": "container: {portMappings: […]}",
}
_DEFAULTS: dict[str, Any] = {
    "cmd": None,
    "args": [],
    "user": None,
    "cpus": 1,
    "mem": 128,
    "disk": 0,
    "gpus": 0,
    "instances": 1,
    "executor": "",
    "env": {},
    "labels": {},
    "constraints": [],
    "dependencies": [],
    "fetch": [],
    "healthChecks": [],
    "readinessChecks": [],
    "secrets": {},
    "networks": [{"mode": "host"}],
    "container": None,
    "backoffSeconds": 1,
    "backoffFactor": 1.15,
    "maxLaunchDelaySeconds": 300,
    "killSelection": "YOUNGEST_FIRST",
    "requirePorts": False,
    "taskKillGracePeriodSeconds": None,
    "tty": None,
}
#: Compared only where they are declared: Marathon chooses them, or shows them in one version only.
IF_DECLARED = (
    "role",
    "acceptedResourceRoles",
    "resourceLimits",
    "executorResources",
    "check",
    "unreachableStrategy",
)
_CHECK = {
    "protocol": "HTTP",
    "gracePeriodSeconds": 300,
    "intervalSeconds": 60,
    "maxConsecutiveFailures": 3,
    "timeoutSeconds": 20,
    "delaySeconds": 15,
    "ipProtocol": "IPv4",
    "ignoreHttp1xx": False,
}
_BY_MARATHON = ("delaySeconds", "ipProtocol", "ignoreHttp1xx")
_IGNORED = {
    "COMMAND": ("ipProtocol", "ignoreHttp1xx", "port", "portIndex", "path"),
    "HTTP": _BY_MARATHON,
    "HTTPS": _BY_MARATHON,
    "TCP": (*_BY_MARATHON, "path"),
    "MESOS_HTTP": ("ignoreHttp1xx",),
    "MESOS_HTTPS": ("ignoreHttp1xx",),
    "MESOS_TCP": ("ignoreHttp1xx", "path"),
}
_READINESS = {
    "name": "readinessCheck",
    "protocol": "HTTP",
    "path": "/",
    "portName": "http-api",
    "intervalSeconds": 30,
    "timeoutSeconds": 10,
    "httpStatusCodesForReady": [200],
    "preserveLastResponse": False,
}
_FETCH = {"extract": True, "executable": False, "cache": False}
_PORT = {"port": 0, "protocol": "tcp", "labels": {}}
_MAPPING = {"containerPort": 0, "servicePort": 0, "protocol": "tcp", "labels": {}}
_DOCKER: dict[str, Any] = {"forcePullImage": False, "privileged": False, "parameters": []}


def absolute(path_id: str, base: str = "/") -> str:
    """Return the id of an app or group with all groups above it.

    :param base: group that a relative id is in.
    :raises MeridianError: when Marathon would not take it.
    """
    whole = path_id if path_id.startswith("/") else f"{base.rstrip('/')}/{path_id}"
    if not _ID.fullmatch(whole):
        raise MeridianError(
            f"{path_id}: not an id that Marathon takes: lower-case letters, digits, dots and dashes, "
            "with slashes between groups"
        )
    return whole


def declared(app: Mapping[str, Any], app_id: str) -> dict[str, Any]:
    """Return a definition as it was meant: absolute id, text in ``env`` and ``labels``.

    :param app: Marathon's own keys, and ours of :data:`SECRET_KEYS`.
    :raises MeridianError: when something in it is known to be refused, or to mean something else.
    """
    whole = copy.deepcopy(dict(app))
    if whole.get("id", app_id) not in (app_id, app_id.rsplit("/", 1)[-1]):
        raise MeridianError(f"app {app_id}: its definition has another id, {whole['id']}; leave it out")
    whole["id"] = app_id
    for path, instead in _DEPRECATED.items():
        if _has(whole, path.split(".")):
            raise MeridianError(f"app {app_id}: {path} is Marathon's old way; say {instead}")
    if whole.get("cmd") and whole.get("args"):
        raise MeridianError(f"app {app_id}: cmd and args exclude each other")
    if not (whole.get("cmd") or whole.get("args") or whole.get("container")):
        raise MeridianError(f"app {app_id}: nothing to run; say cmd, args or container")
    for one in whole.get("dependencies") or []:
        if not str(one).startswith("/"):
            raise MeridianError(f"app {app_id}: dependency {one} must be absolute, as /{one}")
    for check in whole.get("healthChecks") or []:
        # Marathon does so itself for apps, but not for those in groups: they would never be healthy.
        if check.get("protocol", _CHECK["protocol"]) != "COMMAND" and check.get("port") is None:
            check.setdefault("portIndex", 0)
    for key in ("env", "labels"):
        if key in whole:
            whole[key] = {str(name): _text(value) for name, value in (whole[key] or {}).items()}
    return whole


def canonical(app: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an app is, with Marathon's defaults and in one order; ``id`` and versions left out."""
    found = {key: app.get(key) for key in (*_DEFAULTS, *IF_DECLARED)}
    whole: dict[str, Any] = {
        key: copy.deepcopy(_DEFAULTS.get(key)) if value in (None, [], {}) else copy.deepcopy(value)
        for key, value in found.items()
    }
    whole["constraints"] = sorted(([str(part) for part in one] for one in whole["constraints"]), key=_key)
    whole["dependencies"] = sorted(whole["dependencies"])
    whole["fetch"] = [_FETCH | _set(one) for one in whole["fetch"]]
    whole["healthChecks"] = sorted((_check(one) for one in whole["healthChecks"]), key=_key)
    whole["readinessChecks"] = [_READINESS | _set(one) for one in whole["readinessChecks"]]
    on_host = all(one.get("mode", "container") == "host" for one in whole["networks"])
    whole["networks"] = [{"mode": "container"} | _set(one) for one in whole["networks"]]
    whole["container"] = _container(whole["container"], on_host)
    ports = app.get("portDefinitions")
    if not on_host:
        whole["portDefinitions"], whole["requirePorts"] = None, False
    elif ports is None:
        whole["portDefinitions"] = [{**_PORT, "name": "default"}]
    else:
        whole["portDefinitions"] = [_PORT | _set(one) for one in ports]
    stays = _keeps_data(app)
    strategy = {"minimumHealthCapacity": 0.5 if stays else 1, "maximumOverCapacity": 0 if stays else 1}
    whole["upgradeStrategy"] = strategy | _set(app.get("upgradeStrategy") or {})
    unreachable = whole["unreachableStrategy"]
    if isinstance(unreachable, Mapping):
        whole["unreachableStrategy"] = {"inactiveAfterSeconds": 0, "expungeAfterSeconds": 0} | _set(
            unreachable
        )
    return whole


def adopt_ports(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> None:
    """Give ports that were left to Marathon (0) the numbers that Marathon has chosen.

    :param wanted: canonical form of a declared app; changed in place.
    :param there: canonical form of the app as Marathon shows it.
    """
    _adopt(wanted["portDefinitions"], there["portDefinitions"], "port")
    mine, theirs = (one["container"] or {} for one in (wanted, there))
    _adopt(mine.get("portMappings"), theirs.get("portMappings"), "servicePort")


def _adopt(wanted: Any, there: Any, key: str) -> None:
    for mine, theirs in zip(wanted or [], there or [], strict=False):
        if not mine.get(key):
            mine[key] = theirs.get(key, 0)


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = _CHECK | _set(check)
    # Where Marathon takes no notice of a key, what it shows of it means nothing.
    for key in _IGNORED.get(whole["protocol"], ()):
        whole.pop(key, None)
    if whole["protocol"] == "COMMAND":
        return whole
    if "port" not in whole:
        whole.setdefault("portIndex", 0)
    if "HTTP" in whole["protocol"]:
        whole.setdefault("path", "/")
    return whole


def _container(container: Mapping[str, Any] | None, on_host: bool) -> dict[str, Any] | None:
    if not container:
        return None
    whole = {"type": "DOCKER"} | _set(container)
    whole["volumes"] = whole.get("volumes", [])
    if "docker" in whole:
        whole["docker"] = _DOCKER | _set(whole["docker"])
    mappings = whole.pop("portMappings", None)
    if not on_host:
        if mappings is None:
            mappings = [{"name": "default"}]
        whole["portMappings"] = [{"hostPort": 0, **_MAPPING, **_set(one)} for one in mappings]
    # A Mesos container of nothing is what Marathon shows for none.
    return None if whole == {"type": "MESOS", "volumes": []} else whole


def _keeps_data(app: Mapping[str, Any]) -> bool:
    volumes = (app.get("container") or {}).get("volumes") or []
    return any("persistent" in one or "external" in one for one in volumes)


def _bare(value: Any) -> Any:
    """Return a value without what is empty in it: shown by one Marathon and left out by another."""
    if isinstance(value, Mapping):
        bare = {key: _bare(one) for key, one in value.items()}
        return {key: one for key, one in bare.items() if one is not None and one != [] and one != {}}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _set(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value is not None}


def _has(section: Any, path: Iterable[str]) -> bool:
    for key in path:
        if not isinstance(section, Mapping) or section.get(key) is None:
            return False
        section = section[key]
    return True


def _text(value: Any) -> Any:
    """Return a value of YAML as Marathon's environment wants it; a reference to a secret stays as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, Mapping) else "" if value is None else str(value)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
