"""Real nodes of Elasticsearch as tasks: green, killed and back with their data, rolled while written to."""

import contextlib
import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from meridian.artifacts.store import Store
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch.access import ElasticAccess
from meridian.services.elasticsearch.client import ElasticClient, ElasticError

from tests.integration.elasticsearch.nodes import PASSWORDS, Node, nodes
from tests.integration.scheduler.scheduler_on_mesos import Cluster, Scheduler
from tests.waiting import wait_until

# A JVM starts in seconds, on a busy machine in a minute.
_PATIENCE = 240.0
_LAUNCHER = """#!/bin/sh
# One machine plays three: each has the formula's files in a folder of its own.
echo "$ELASTIC_NODE_ID $$" >> {folder}/pids
case $PWD in
{cases}
esac
"""
_OPTIONS = {"cpus": "1", "mem": "600", "heap": "256", "volume": "data:500", "failoverDelay": "1s"}
_INDEX = {"settings": {"number_of_shards": 3, "number_of_replicas": 1}}


class Search:
    """Three hosts, the scheduler, and a client of the cluster that it runs."""

    def __init__(self, folder: Path, machines: list[Node], cluster: Cluster) -> None:
        self.folder = folder
        settings = machines[0].settings
        for name, text in (
            ("password", PASSWORDS["elastic"]),
            ("auth.json", json.dumps({"user": "elastic", "password": PASSWORDS["elastic"]})),
        ):
            (folder / name).write_text(text, encoding="utf-8")
        access = ElasticAccess(tuple(settings["urls"]), str(folder / "pki/ca.pem"), str(folder / "auth.json"))
        self.client = ElasticClient(access, patience=0)
        # A file of state makes its folder private, which nodes as another user could not pass then.
        self.scheduler: Scheduler = cluster.start_scheduler(
            "elasticsearch",
            ("elasticsearch", "scheduler"),
            storage=f"file:{folder}/state/state.json",
            framework_name="elasticsearch",
            stop_timeout="60s",
            started="registered",
            elasticsearch_ca=str(folder / "pki/ca.pem"),
            elasticsearch_secret=str(folder / "password"),
        )
        self.scheduler.wait_connected()

    def ask(self, path: str, **parameters: str) -> Any:
        """Ask the scheduler."""
        return self.scheduler.ask(f"/v1/elasticsearch/{path}", **parameters)

    def tasks(self) -> dict[str, Any]:
        """Return node → its task."""
        return {one["id"]: one.get("task") for one in self.ask("node/list")["nodes"]}

    def wait_green(self) -> None:
        """Wait until all have joined and every shard is where it is to be, as the scheduler sees it."""

        began = time.time() * 1000

        def green() -> bool:
            found = self.ask("cluster")
            # What it saw before may have changed since.
            young = found.get("at", 0) > began
            return bool(young and found["status"] == "green" and found["nodes"] == 3)

        wait_until(
            "green",
            green,
            _PATIENCE,
            lambda: f"{self.ask('cluster')} {self.scheduler.said()[-1500:]} {self.logs()}",
        )

    def count(self, index: str) -> int:
        """Return how many documents an index has, as soon as the cluster can say."""
        found: list[int] = []

        def told() -> bool:
            try:
                found.append(self.client.count(index))
            except ElasticError as error:
                if not error.passing:
                    raise
            return bool(found)

        wait_until(f"a number of documents of {index}", told, _PATIENCE)
        return found[-1]

    def logs(self) -> str:
        """Return what nodes said last."""
        return "\n".join(f"{one}: {one.read_text()[-800:]}" for one in self.folder.glob("agent-*/**/stdout"))

    def end(self) -> None:
        """End the nodes, whatever they do."""
        with contextlib.suppress(OSError):
            self.ask("node/stop", node="*", force="true", timeout="20s")
        file = self.folder / "pids"
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            self._kill(int(line.split()[1]))

    def kill(self, node: str) -> None:
        """Kill a node's present task."""
        lines = (self.folder / "pids").read_text(encoding="utf-8").splitlines()
        self._kill([int(line.split()[1]) for line in lines if line.startswith(f"{node} ")][-1])

    def _kill(self, pid: int) -> None:
        """Kill a process with all of its task, when it still is one of this test's."""
        with contextlib.suppress(OSError):
            if str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.killpg(os.getpgid(pid), signal.SIGKILL)


@pytest.fixture(scope="module")
def search(mesos_tree: Path) -> Iterator[Search]:
    """A cluster that the scheduler has brought up."""
    if not shutil.which("java"):
        pytest.skip("no java on this machine; nodes bring their own")
    # Not below pytest's own folder, which no other user may enter: Elasticsearch refuses root.
    folder = Path(tempfile.mkdtemp(prefix="mes-", dir="/tmp"))
    folder.chmod(0o755)
    cluster, made = Cluster(folder, mesos_tree), None
    try:
        store = Store(paths.repository(), paths.cache())
        artifact = store.unpacked(store.prepare(["elasticsearch"])["elasticsearch"], folder / "artifact")
        machines = nodes(folder, artifact, "127.0.0", "mesos")
        cases = "".join(
            f"*/agent-{number}/*) exec {one.folder}/etc/meridian/elasticsearch/node-task ;;\n"
            for number, one in enumerate(machines, 1)
        )
        cluster.launcher.write_text(_LAUNCHER.format(folder=folder, cases=cases), encoding="utf-8")
        cluster.start_master()
        ports = machines[0].settings["ports"]
        for number in (1, 2, 3):
            cluster.start_agent(number, ",".join(f"{port}-{port}" for port in ports.values()))
        made = Search(folder, machines, cluster)
        places = {"port": str(ports["http"]), "portTransport": str(ports["transport"])}
        made.ask("node/add", node="1..3", **_OPTIONS, **places, constraints="rack=groupBy:3")
        started = made.ask("node/start", node="1..3", timeout="60s")
        assert started["status"] == "started", started
        made.wait_green()
        yield made
    finally:
        if made is not None:
            made.end()
        cluster.close()
        shutil.rmtree(folder)


def test_three_nodes_on_three_hosts_are_one_cluster(search: Search) -> None:
    hosts = {one["hostname"] for one in search.tasks().values()}
    assert hosts == {"127.0.0.1", "127.0.0.2", "127.0.0.3"}
    known = search.client.nodes()
    assert {name: facts["zone"] for name, facts in known.items()} == {
        f"127.0.0.{number}": f"zone-{number}" for number in (1, 2, 3)
    }
    assert search.ask("cluster")["master"] in known


def test_a_killed_node_is_back_on_its_host_with_its_documents(search: Search) -> None:
    search.client.call("PUT", "/kept", _INDEX)
    for number in range(50):
        search.client.call("PUT", f"/kept/_doc/{number}", {"number": number})
    search.wait_green()
    before, (volume,) = search.tasks()["2"], search.ask("node/list", node="2")["nodes"][0]["volumes"]
    search.kill("2")
    wait_until("another task", lambda: (search.tasks()["2"] or before)["id"] != before["id"], _PATIENCE)
    search.wait_green()
    (after,) = search.ask("node/list", node="2")["nodes"]
    assert (after["task"]["hostname"], after["volumes"]) == (before["hostname"], [volume])
    assert search.count("kept") == 50
    shards = search.client.get("/_cat/shards/kept?format=json")
    assert {one["state"] for one in shards} == {"STARTED"}


class Writer:
    """Writes documents until told to stop; counts what was confirmed, and what was refused."""

    def __init__(self, client: ElasticClient, index: str) -> None:
        self.confirmed, self.longest = 0, 0
        self._stop = threading.Event()
        self._client, self._index = client, index
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        refused = 0
        while not self._stop.wait(0.1):
            try:
                self._client.call("PUT", f"/{self._index}/_doc/{self.confirmed}", {"at": self.confirmed})
                self.confirmed, refused = self.confirmed + 1, 0
            except MeridianError:
                refused += 1
                self.longest = max(self.longest, refused)

    def stop(self) -> None:
        """Write no more."""
        self._stop.set()
        self._thread.join()


@pytest.mark.long("elasticsearch/test_cluster.py rolls nodes in every run")
def test_a_rolling_restart_takes_one_node_at_a_time_and_the_index_stays_writable(search: Search) -> None:
    search.client.call("PUT", "/written", _INDEX)
    search.wait_green()
    before, master = search.tasks(), search.ask("cluster")["master"]
    changed = search.ask("node/update", node="*", jvmOptions="-XX:TieredStopAtLevel=1")
    assert all(one["needsRestart"] for one in changed["nodes"])
    writer = Writer(search.client, "written")
    down: list[int] = []
    seen = threading.Event()

    def watch() -> None:
        while not seen.wait(0.2):
            down.append(sum(one["state"] != "running" for one in search.ask("node/list")["nodes"]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    done = search.ask("node/restart", node="*", timeout="240s")
    seen.set()
    watcher.join()
    writer.stop()
    assert done["status"] == "restarted", done
    assert max(down) == 1
    after = search.tasks()
    assert not {one["id"] for one in before.values()} & {one["id"] for one in after.values()}
    assert not any(one["needsRestart"] for one in search.ask("node/list")["nodes"])
    steps = search.ask("plan/list")["plans"][0]["phases"][0]["steps"]
    assert before[steps[-1]["node"]]["hostname"] == master
    assert writer.confirmed > 20
    assert search.count("written") == writer.confirmed


def test_a_node_that_the_cluster_cannot_do_without_is_not_stopped(search: Search) -> None:
    assert search.ask("node/stop", node="1", timeout="120s")["status"] == "stopped"
    refused = search.ask("node/stop", node="2", timeout="5s")
    assert refused["status"] == "timeout"
    assert (
        "node 2 is running: the cluster is yellow" in refused["message"]
        or "no majority" in refused["message"]
    )
    search.ask("plan/cancel", plan=refused["plan"])
    search.ask("node/start", node="1", timeout="60s")
    search.wait_green()
