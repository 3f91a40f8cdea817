"""Where an app's tasks may run: Marathon's constraints against an offer and the tasks that are there."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def attributes(offer: Mapping[str, Any]) -> dict[str, str]:
    """Return what constraints may name of an offer, as text."""
    found = {}
    for one in offer.get("attributes") or []:
        if "text" in one:
            found[one["name"]] = str(one["text"]["value"])
        elif "scalar" in one:
            found[one["name"]] = f"{one['scalar']['value']:.3f}".rstrip("0").rstrip(".")
        elif "ranges" in one:
            pairs = (f"{each['begin']}-{each['end']}" for each in one["ranges"].get("range", []))
            found[one["name"]] = f"[{','.join(pairs)}]"
        elif "set" in one:
            found[one["name"]] = f"{{{','.join(one['set'].get('item', []))}}}"
    fault = (offer.get("domain") or {}).get("fault_domain") or {}
    for name in ("region", "zone"):
        if name in fault:
            found[f"@{name}"] = str(fault[name]["name"])
    return {**found, "hostname": offer["hostname"], "@hostname": offer["hostname"]}


def met(
    constraints: Iterable[Sequence[str]], offered: Mapping[str, str], placed: Sequence[Mapping[str, str]]
) -> bool:
    """Tell whether a task may run where an offer is from.

    :param offered: attributes of the offer.
    :param placed: attributes of the places of the app's other tasks.
    """
    return all(_one(list(map(str, constraint)), offered, placed) for constraint in constraints)


def _one(constraint: list[str], offered: Mapping[str, str], placed: Sequence[Mapping[str, str]]) -> bool:
    name, operator, *rest = constraint
    value = rest[0] if rest else ""
    here = offered.get(name)
    if here is None:
        # Only what must be unlike something is true of an attribute that is not there.
        return operator == "UNLIKE"
    used = Counter(one[name] for one in placed if name in one)
    if operator == "UNIQUE":
        return here not in used
    if operator == "CLUSTER":
        return here == value if value else not used or here in used
    if operator == "LIKE":
        return re.fullmatch(value, here) is not None
    if operator == "UNLIKE":
        return re.fullmatch(value, here) is None
    if operator == "IS":
        return here == value
    if operator == "MAX_PER":
        return used[here] < int(value)
    return _group_by(here, used, int(value or 1))


def _group_by(here: str, used: Counter[str], groups: int) -> bool:
    """Tell whether a group may have one more: it must be one of the smallest, those not yet seen counted."""
    least = 0 if len(used) < groups else min(used.values(), default=0)
    return used[here] <= least
