"""Real nodes of Elasticsearch as tasks."""

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from meridian import paths
from meridian.artifacts.store import Store
from meridian.elasticsearch import health
from meridian.elasticsearch.access import ElasticAccess
from meridian.elasticsearch.client import ElasticClient

from tests.integration.elasticsearch.nodes import PASSWORDS, Node, nodes
from tests.integration.scheduler.scheduler_on_mesos import REPOSITORY, Cluster, Process

_LAUNCHER = """#!/bin/sh
# Each machine has a launcher of its own.
case $PWD in
{cases}
esac
"""

def test_thin(mesos_tree: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="mse-", dir="/tmp"))
    folder.chmod(0o755)
    store = Store(paths.repository(), paths.cache())
    artifact = store.unpacked(store.prepare(["elasticsearch"])["elasticsearch"], folder / "artifact")
    machines = nodes(folder, artifact, "127.0.0", "mesos")
    cluster = Cluster(folder, mesos_tree)
    try:
        cases = "".join(f"*/agent-{n}/*) exec {m.folder}/etc/meridian/elasticsearch/node-task ;;\n" for n, m in enumerate(machines, 1))
        cluster.launcher.write_text(_LAUNCHER.format(cases=cases))
        cluster.start_master()
        ports = machines[0].settings["ports"]
        for n in (1, 2, 3):
            cluster.start_agent(n, ",".join(f"{p}-{p}" for p in ports.values()))
        (folder / "password").write_text(PASSWORDS["elastic"])
        (folder / "e.properties").write_text(f"""
master={cluster.master}
storage=file:{folder}/state/state.json
node.ca={folder}/pki/ca.pem
launcher={cluster.launcher}
framework-name=elasticsearch
framework-role=elasticsearch
principal=kafka-scheduler
secret={folder}/secret
node.heap=256
node.mem=800
node.volume=data:500
node.port-http={ports['http']}
node.port-transport={ports['transport']}
node.secret={folder}/password
""")
        path = f"{REPOSITORY / 'modules'}:{REPOSITORY / 'apps/kafka-scheduler'}"
        p = Process("es", folder, [sys.executable, "-m", "kafka_scheduler", "elasticsearch", str(folder / "e.properties")], {"PYTHONPATH": path})
        cluster._keep(p)
        auth = folder / "auth.json"
        auth.write_text(json.dumps({"user": "elastic", "password": PASSWORDS["elastic"]}))
        client = ElasticClient(ElasticAccess(tuple(machines[0].settings["urls"]), str(folder / "pki/ca.pem"), str(auth)), patience=0)
        try:
            print(health.wait(client, [m.id for m in machines], "green", 240))
        except Exception:
            print(p.said()[-3000:])
            for f in folder.glob("agent-*/**/std*"):
                print(f, f.read_text()[-1500:])
            raise
    finally:
        cluster.close()
        for f in folder.glob("elastic-*/run/*/pid"):
            os.kill(int(f.read_text()), 9)
        shutil.rmtree(folder, ignore_errors=True)
