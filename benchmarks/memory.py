"""Memory that an environment takes: proportional set size of all processes of nodes, master and engine.

.platform/venv/bin/python benchmarks/memory.py [--environment local]

PSS counts a page that several processes share once, in parts: the sum is what would come free. As root.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path

from meridian.cloud.local import engine, labels
from meridian.common import paths


def main() -> None:
    """Print the sums in MiB."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--environment", default="local")
    options = parser.parse_args()
    platform = json.loads((paths.state() / "networks.json").read_text(encoding="utf-8"))["platform"]
    found = Counter[str]()
    client = engine.client()
    for container in client.containers.list(
        filters=labels.filters(platform, environment=options.environment)
    ):
        for process in container.top(ps_args="-eo pid,comm")["Processes"]:
            found[_kind(int(process[0]), process[1])] += _pss(int(process[0]))
    for process in Path("/proc").glob("[0-9]*"):
        command = _command(process)
        if f"meridian.salt_api.master_process -c {paths.repository()}" in command:
            found["Salt master"] += _pss(int(process.name))
        elif re.match(r"(\S*/)?(dockerd|containerd\S*)( |$)", command):
            found["Docker engine"] += _pss(int(process.name))
    for name, kib in found.most_common():
        print(f"{name:<24} {kib / 1024:8.0f} MiB")
    print(f"{'together':<24} {sum(found.values()) / 1024:8.0f} MiB")


def _pss(pid: int) -> int:
    """Return the proportional set size in KiB; 0 for a process that has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    match = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(match.group(1)) if match else 0


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _kind(pid: int, name: str) -> str:
    command = _command(Path(f"/proc/{pid}"))
    for words, kind in (
        ("kafka.Kafka", "brokers"),
        ("ConnectDistributed", "Connect workers"),
        ("salt-minion", "Salt minions"),
        ("archiver", "archivers"),
        ("versitygw", "object store"),
        ("toxiproxy", "WAN gateways"),
    ):
        if words in command:
            return kind
    return "systemd and journald" if name.startswith("systemd") else "others in nodes"


if __name__ == "__main__":
    main()
