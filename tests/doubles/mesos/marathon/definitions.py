"""Apps as Marathon takes them and shows them: checked, completed with defaults, given a version."""

import copy
import datetime
import json
import re
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
OPERATORS = ("UNIQUE", "CLUSTER", "GROUP_BY", "LIKE", "UNLIKE", "MAX_PER", "IS")
PROTOCOLS = ("HTTP", "HTTPS", "TCP", "COMMAND", "MESOS_TCP", "MESOS_HTTP", "MESOS_HTTPS")
_ID = re.compile(r"(/[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)+")
_DEFAULTS: Json = {
    "backoffFactor": 1.15,
    "backoffSeconds": 1,
    "cpus": 1,
    "disk": 0,
    "executor": "",
    "gpus": 0,
    "instances": 1,
    "killSelection": "YOUNGEST_FIRST",
    "maxLaunchDelaySeconds": 300,
    "mem": 128,
    "networks": [{"mode": "host"}],
    "requirePorts": False,
    "unreachableStrategy": {"inactiveAfterSeconds": 0, "expungeAfterSeconds": 0},
    "role": "*",
}
_CHECK: Json = {
    "gracePeriodSeconds": 300,
    "intervalSeconds": 60,
    "maxConsecutiveFailures": 3,
    "timeoutSeconds": 20,
    "delaySeconds": 15,
    "protocol": "HTTP",
    "ipProtocol": "IPv4",
}
# What changes without a restart of tasks.
_SCALING = {"instances", "version", "versionInfo"}


class Refused(Exception):
    """A request that Marathon answers with an error.

    :ivar status: HTTP status code.
    :ivar body: what is answered.
    """

    def __init__(self, status: int, message: str, **further: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **further}


_last = datetime.datetime.min.replace(tzinfo=datetime.UTC)


def now() -> str:
    """Return the time as Marathon writes it; each is later than the one before."""
    global _last
    step = datetime.timedelta(milliseconds=1)
    _last = max(datetime.datetime.now(datetime.UTC), _last + step)
    return f"{_last:%Y-%m-%dT%H:%M:%S}.{_last.microsecond // 1000:03d}Z"


def absolute(path_id: str, base: str = "/") -> str:
    """Return an id with the groups above it.

    :raises Refused: it is none.
    """
    whole = path_id if path_id.startswith("/") else f"{base.rstrip('/')}/{path_id}"
    whole = whole.rstrip("/") or "/"
    if whole != "/" and not _ID.fullmatch(whole):
        raise _invalid("/id", f"must fully match regular expression, found {path_id}")
    return whole


def checked(app: Mapping[str, Any], app_id: str) -> Json:
    """Return an app whole, with Marathon's defaults, without a version.

    :raises Refused: 422, with what is wrong.
    """
    whole: Json = copy.deepcopy({key: value for key, value in app.items() if value is not None})
    for key in (
        "uris",
        "ports",
        "ipAddress",
        "tasks",
        "deployments",
        "lastTaskFailure",
        "versionInfo",
        "version",
    ):
        whole.pop(key, None)
    whole = {key: value for key, value in whole.items() if not key.startswith("tasks")}
    if not (whole.get("cmd") or whole.get("args") or whole.get("container")):
        raise _invalid("/", "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.")
    if whole.get("cmd") and whole.get("args"):
        raise _invalid("/", "AppDefinition must either contain one of 'cmd' or 'args', not both")
    for section in ("env", "labels"):
        for name, value in whole.get(section, {}).items():
            if not isinstance(value, str) and not (section == "env" and isinstance(value, Mapping)):
                raise _invalid(f"/{section}({name})", "error.expected.jsstring")
    for number in ("cpus", "mem", "disk", "instances", "backoffSeconds", "backoffFactor"):
        if not isinstance(whole.get(number, 0), int | float) or isinstance(whole.get(number), bool):
            raise _invalid(f"/{number}", "error.expected.jsnumber")
    for index, one in enumerate(whole.get("constraints", [])):
        if len(one) not in (2, 3) or one[1] not in OPERATORS:
            raise _invalid(f"/constraints({index})", f"Constraint definition {one} is not valid")
    on_host = all(one.get("mode") == "host" for one in whole.get("networks", []))
    whole = {**_DEFAULTS, **whole, "id": app_id}
    whole["upgradeStrategy"] = {
        "minimumHealthCapacity": 1,
        "maximumOverCapacity": 1,
        **whole.get("upgradeStrategy", {}),
    }
    ported = bool(whole.get("portDefinitions") or (whole.get("container") or {}).get("portMappings"))
    whole["healthChecks"] = [_check(one, ported) for one in whole.get("healthChecks", [])]
    whole["fetch"] = [
        {"extract": True, "executable": False, "cache": False, **one} for one in whole.get("fetch", [])
    ]
    if on_host:
        ports = whole.get("portDefinitions", [{"name": "default"}])
        whole["portDefinitions"] = [{"port": 0, "protocol": "tcp", "labels": {}, **one} for one in ports]
    else:
        whole.pop("portDefinitions", None)
    if "container" in whole:
        whole["container"] = {"type": "DOCKER", "volumes": [], **whole["container"]}
    for key in ("constraints", "dependencies", "args", "env", "labels", "healthChecks", "fetch"):
        if not whole.get(key):
            whole.pop(key, None)
    whole.setdefault("env", {})
    whole.setdefault("labels", {})
    return whole


def choose_ports(app: Json, before: Mapping[str, Any] | None, taken: set[int], span: tuple[int, int]) -> None:
    """Give an app's service ports numbers that no other app has; those that it had, as far as it had some.

    :raises Refused: there are no more.
    """
    entries = _ports(app)
    used = {entry.get(key) for entry, key in entries}
    had = [entry[key] for entry, key in _ports(before or {}) if entry.get(key) not in used]
    free = (port for port in (*had, *range(span[0], span[1] + 1)) if port not in taken)
    for entry, key in entries:
        if not entry.get(key):
            try:
                entry[key] = next(free)
            except StopIteration:
                raise Refused(
                    422, f"All ports in the range [{span[0]}-{span[1]}] are already in use"
                ) from None
        taken.add(entry[key])


def _ports(app: Mapping[str, Any]) -> list[tuple[Json, str]]:
    entries = [(one, "port") for one in app.get("portDefinitions") or []]
    return entries + [(one, "servicePort") for one in (app.get("container") or {}).get("portMappings") or []]


def versioned(app: Json, before: Mapping[str, Any] | None, restart: bool = False) -> Json:
    """Return an app with a version, and with when its configuration and its scale changed last."""
    version = now()
    info = {"lastScalingAt": version, "lastConfigChangeAt": version}
    if before is not None and not restart:
        if _same(app, before, _SCALING):
            info["lastConfigChangeAt"] = before["versionInfo"]["lastConfigChangeAt"]
        if app["instances"] == before["instances"]:
            info["lastScalingAt"] = before["versionInfo"]["lastScalingAt"]
    return {**app, "version": version, "versionInfo": info}


def same(app: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two definitions mean the same."""
    return _same(app, other, {"version", "versionInfo"})


def config(app: Mapping[str, Any]) -> str:
    """Return the version of an app's configuration: that which its tasks must have."""
    return str(app["versionInfo"]["lastConfigChangeAt"])


def _same(app: Mapping[str, Any], other: Mapping[str, Any], without: set[str]) -> bool:
    mine, theirs = ({key: value for key, value in one.items() if key not in without} for one in (app, other))
    return json.dumps(mine, sort_keys=True) == json.dumps(theirs, sort_keys=True)


def _check(check: Mapping[str, Any], ported: bool) -> Json:
    whole = {**_CHECK, **check}
    if whole["protocol"] not in PROTOCOLS:
        raise _invalid("/healthChecks", f"Unknown protocol {whole['protocol']}")
    if whole["protocol"] == "COMMAND" and not (whole.get("command") or {}).get("value"):
        raise _invalid("/healthChecks", "command must be given")
    if whole["protocol"] != "COMMAND" and "port" not in whole and ported:
        whole.setdefault("portIndex", 0)
    if whole["protocol"] in ("HTTP", "HTTPS", "TCP"):
        # Taken, and shown as if they had not been said: so does Marathon.
        whole |= {"delaySeconds": _CHECK["delaySeconds"], "ipProtocol": "IPv4"}
        whole.pop("ignoreHttp1xx", None)
    if whole["protocol"] in ("HTTP", "HTTPS"):
        whole["ignoreHttp1xx"] = False
    return whole


def _invalid(path: str, error: str) -> Refused:
    return Refused(422, "Object is not valid", details=[{"path": path, "errors": [error]}])
