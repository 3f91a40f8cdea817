"""Whether an agent may simply be restarted with changed flags, or refuses its old tasks then. Pure."""

import re
from collections.abc import Mapping

Ranges = list[tuple[int, int]]

# Of an agent that finds its tasks again these must be as they were.
_SAME = ("MESOS_HOSTNAME", "MESOS_PORT", "MESOS_WORK_DIR", "MESOS_DOMAIN", "MESOS_LAUNCHER")
_FOUND_OUT = ("cpus", "mem", "disk", "gpus", "ports")


def variables(text: str) -> dict[str, str]:
    """Return the variables of a file that systemd reads an environment from."""
    lines = (line.partition("=") for line in text.splitlines() if "=" in line and line[:1] not in "#;")
    return {name.strip(): value for name, _, value in lines}


def refusals(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return why an agent that was started anew would not keep its tasks; empty when it does.

    Mesos takes over what only adds (``reconfiguration_policy: additive``), and ends with an error otherwise.

    :param before: the environment of the agent that runs.
    :param after: the one that it would be started with.
    """
    found = [_changed(name[6:].lower()) for name in _SAME if before.get(name, "") != after.get(name, "")]
    before_containerizers = set(before.get("MESOS_CONTAINERIZERS", "mesos").split(","))
    if before_containerizers - set(after.get("MESOS_CONTAINERIZERS", "mesos").split(",")):
        found.append(_changed("containerizers"))
    kept_whole = after.get("MESOS_RECONFIGURATION_POLICY", "equal") != "additive"
    for name, grown in (("attributes", _attributes), ("resources", _resources)):
        key = f"MESOS_{name.upper()}"
        one, other = before.get(key, ""), after.get(key, "")
        if one == other:
            continue
        found += [_changed(name)] if kept_whole else grown(one, other)
    return found


def _changed(what: str) -> str:
    return f"{what} changed"


def _attributes(before: str, after: str) -> list[str]:
    known = dict(one.partition(":")[::2] for one in after.split(";") if one)
    gone = []
    for one in before.split(";"):
        name, _, value = one.partition(":")
        if name and known.get(name) != value:
            now = f"'{known[name]}' for '{value}'" if name in known else "missing"
            gone.append(f"attribute {name} {now}")
    return gone


def _resources(before: str, after: str) -> list[str]:
    if before[:1] in "[{" or after[:1] in "[{":
        return [_changed("resources")]
    had, has = _amounts(before), _amounts(after)
    found = []
    for name, amount in had.items():
        if name not in has:
            found.append(f"resource {name} missing")
        elif not _contains(has[name], amount):
            found.append(f"resource {name} {_text(has[name])} for {_text(amount)}")
    # Nobody but the agent knows what it has found out before, which may have been more.
    found += [f"resource {name} named now" for name in has if name in _FOUND_OUT and name not in had]
    return found


def _amounts(text: str) -> dict[str, float | Ranges]:
    done: dict[str, float | Ranges] = {}
    for one in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = one.partition(":")
        if value.startswith("["):
            pairs = re.findall(r"(\d+)-(\d+)", value)
            done[name] = _merged([(int(low), int(high)) for low, high in pairs])
        else:
            done[name] = float(value)
    return done


def _merged(ranges: Ranges) -> Ranges:
    done: Ranges = []
    for low, high in sorted(ranges):
        if done and low <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(high, done[-1][1]))
        else:
            done.append((low, high))
    return done


def _contains(has: float | Ranges, had: float | Ranges) -> bool:
    if isinstance(has, float) and isinstance(had, float):
        return has >= had
    if isinstance(has, list) and isinstance(had, list):
        return all(any(low <= one[0] and one[1] <= high for low, high in has) for one in had)
    return False


def _text(amount: float | Ranges) -> str:
    if isinstance(amount, float):
        return f"{amount:g}"
    return ",".join(f"{low}-{high}" for low, high in amount)
