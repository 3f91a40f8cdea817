"""Addresses that clouds gave to an environment's nodes, kept on the controller.

In the local cloud addresses follow from the topology. Elsewhere whoever makes machines records them here;
from then on the topology, and with it every node's pillar, has them.
"""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.topology.model import Addresses


def record_file(environment: str) -> Path:
    """Return the path of an environment's record."""
    return paths.state() / "addresses" / f"{environment}.json"


def record(environment: str, machines: Mapping[str, Mapping[str, Sequence[str]]]) -> list[str]:
    """Write down where the machines of an environment are; those not named keep no address.

    :param machines: by node id, an entry of ``list_nodes_full``; of each ``private_ips`` and ``public_ips``
        are taken, IPv4 first. A machine without any address is left out.
    :return: ids of the nodes whose addresses are new or others than before, sorted.
    :raises MeridianError: when the record that is there is damaged.
    """
    path = record_file(environment)
    before = _read(path)
    held = {
        name: {key: _addresses(entry.get(f"{key}_ips") or ()) for key in ("private", "public")}
        for name, entry in sorted(machines.items())
    }
    held = {name: entry for name, entry in held.items() if any(entry.values())}
    if not held:
        forget(environment)
    elif held != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(held, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
    return sorted(name for name, entry in held.items() if before.get(name) != entry)


def load(environment: str) -> dict[str, Addresses]:
    """Return the recorded addresses by node id; nothing before any machine was made.

    :raises MeridianError: when the record is damaged.
    """
    return {
        name: Addresses.given(entry["private"], entry["public"])
        for name, entry in _read(record_file(environment)).items()
    }


def environments() -> list[str]:
    """Return the environments that have machines at clouds."""
    return sorted(path.stem for path in record_file("any").parent.glob("*.json"))


def forget(environment: str) -> None:
    """Remove an environment's record."""
    record_file(environment).unlink(missing_ok=True)


def _addresses(texts: Sequence[str]) -> list[str]:
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_address(text))
        except ValueError:  # some providers list a host name beside the address
            continue
    return [str(address) for address in sorted(found, key=lambda address: address.version)]


def _read(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        for entry in held.values():
            for text in (*entry["private"], *entry["public"]):
                ipaddress.ip_address(text)
        return dict(held)
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise MeridianError(f"{path} is damaged ({problem}): remove it and deploy again") from problem
