"""A place of its own for machines that bootstrap themselves: configuration, master and networks."""

import hashlib
import http.server
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import salt.config
from meridian.artifacts import needed
from meridian.artifacts.store import Store
from meridian.cloud.local import allocation, engine, image, networks
from meridian.common import paths
from meridian.operations import workers
from meridian.salt_api import machines, master
from meridian.salt_api.answers import Listener
from meridian.salt_api.pillar_files import load_topology

from tests.waiting import wait_until

REPOSITORY = Path(__file__).resolve().parents[3]
ENVIRONMENT, REGION = "proving", "east"
_SHARED = ("master", "cloud", "salt", "orchestrate", "pillar", "modules")
PROVIDERS = """
proving-ssh:
  driver: libcloud
  provider: local
  bootstrap: ssh
  keysize: 2048
"""
PROFILES = "proving-ssh-small: {provider: proving-ssh, size: small, image: meridian-node}\n"


class Ground:
    """A Salt master with a configuration folder, one region, and the profiles that come with the repository.

    :ivar home: the folder; it takes the repository's place.
    :ivar asked: what the package index was asked for.
    :ivar names: the machines, in order of their addresses.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.names: list[str] = []
        self.client = engine.client(timeout=600)
        store = Store(REPOSITORY, paths.cache())
        wanted = needed.by(load_topology(salt.config.minion_config(None), "local"), store)
        self.tag = image.ensure_image(store, store.prepare(wanted, False), self.client)
        self.home = Path(tempfile.mkdtemp(prefix="mboot-", dir="/tmp"))
        for name in _SHARED:
            (self.home / name).symlink_to(REPOSITORY / name)
        for folder, more in (("cloud.providers.d", PROVIDERS), ("cloud.profiles.d", PROFILES)):
            (self.home / folder).mkdir()
            shutil.copy(REPOSITORY / folder / "local.conf", self.home / folder)
            (self.home / folder / "proving.conf").write_text(more)

    def raise_up(self) -> None:
        """Have networks and master; paths must point to :attr:`home` already."""
        self.given = allocation.ensure(ENVIRONMENT, client=self.client)
        networks.ensure_management(self.given, self.client)
        networks.ensure_regions(self.given, ENVIRONMENT, [REGION], self.client)
        master.ensure(self.given.master_address)
        self.opts = master.options_of_runners()

    def make(self, wanted: Mapping[str, Mapping[str, dict[str, Any]]]) -> None:
        """Make machines as a deployment does.

        :param wanted: provider alias → name of the machine → what its map says beside the usual.
        """
        jobs = []
        for alias, group in wanted.items():
            arguments = {"ex_platform": self.given.platform, "ex_sizes": {"small": 512}}
            site = machines.ProviderClient(self.opts, alias, ENVIRONMENT, arguments)
            entries = {}
            for name, more in group.items():
                self.names.append(name)
                entries[name] = self._usual(name) | more
            site.want({f"{alias}-small": entries})
            jobs.append(workers.Job(site, "create", site.missing(()), len(group)))
        failed = workers.run(jobs)
        assert not failed, failed

    def silent(self, names: Sequence[str], seconds: float) -> list[str]:
        """Return which of these minions did not answer in time."""
        with Listener(self.opts) as listener:
            return listener.silent(names, seconds)

    def run(self, node: str, command: str) -> str:
        """Run a shell command on a machine, past Salt, and return what it printed."""
        held = self.client.containers.get(f"{node}.{self.given.platform}")
        return str(held.exec_run(["sh", "-c", command])[1].decode(errors="replace"))

    def log_with(self, node: str, words: str, seconds: float, times: int = 1) -> str:
        """Wait until the minion's log says something, and return the log."""

        def said() -> str:
            log = self.run(node, "journalctl -q -o cat --no-pager -u salt-minion")
            return log if log.count(words) >= times else ""

        last = "journalctl -q --no-pager -n 60"
        return wait_until(f"{node} says {words}", said, seconds, lambda: self.run(node, last), 0.5)

    def remove(self) -> None:
        """Leave nothing."""
        wanted = {"label": [f"meridian.platform={self.given.platform}"]}
        for held in self.client.containers.list(all=True, filters=wanted):
            held.remove(force=True, v=True)
        master.stop()
        networks.remove_management(self.given.platform, self.client)
        shutil.rmtree(self.home, ignore_errors=True)

    def _usual(self, name: str) -> dict[str, Any]:
        index = self.names.index(name)
        addresses, management = self.given.addresses, networks.management_name(self.given.platform)
        data = networks.region_name(self.given.platform, ENVIRONMENT, REGION)
        return {
            "image": self.tag,
            "location": REGION,
            "minion": {"master": self.given.master_address},
            "tags": {
                "meridian-platform": "meridian",
                "meridian-environment": ENVIRONMENT,
                "meridian-region": REGION,
                "meridian-role": "kafka",
            },
            "create": {
                "ex_environment": ENVIRONMENT,
                "ex_networks": [
                    {"network": management, "address": addresses.node_management(0, index)},
                    {"network": data, "address": addresses.node_region(0, index), "aliases": [name]},
                ],
            },
        }


def wheels() -> Path:
    """Return a folder of the wheels that the installer wants; pip makes it once, from its own settings."""
    lock = REPOSITORY / "salt/node/node-salt.lock"
    folder = paths.cache() / "wheels" / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    if not folder.exists():
        with tempfile.TemporaryDirectory(prefix="mboot-", dir="/tmp") as work:
            subprocess.run(["/usr/bin/python3", "-m", "venv", f"{work}/venv"], check=True)
            command = [f"{work}/venv/bin/pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps"]
            line = [*command, "--require-hashes", "-r", str(lock), "-w", f"{work}/wheels"]
            subprocess.run(line, check=True, timeout=600)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(f"{work}/wheels", folder)
    return folder


@contextmanager
def package_index(folder: Path, address: str) -> Iterator[tuple[str, list[str]]]:
    """Serve wheels as a package index (PEP 503) while the ``with`` block lasts.

    :returns: its URL, and the growing list of the paths that were asked for.
    """
    asked: list[str] = []
    names: dict[str, list[str]] = {}
    for wheel in sorted(folder.glob("*.whl")):
        names.setdefault(wheel.name.split("-")[0].lower().replace("_", "-").replace(".", "-"), []).append(
            wheel.name
        )

    class Index(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            parts = self.path.strip("/").split("/")
            if parts[0] != "simple":
                super().do_GET()
                return
            links = "".join(f'<a href="/{one}">{one}</a>\n' for one in names.get(parts[-1], []))
            body = f"<!DOCTYPE html><html><body>\n{links}</body></html>".encode()
            self.send_response(200 if links else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer((address, 0), partial(Index, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{address}:{server.server_address[1]}/simple", asked
        finally:
            server.shutdown()
            thread.join()
