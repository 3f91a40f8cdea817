"""The scenario's machine: a container of the node image with pillar and states, no Salt master.

``machine.py create|apply|roundtrip|destroy <node id>``; says "nothing to do" when there was none.
"""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import docker
import docker.errors
import salt.config
import yaml
from meridian import pki
from meridian.artifacts import index, needed
from meridian.artifacts.store import Store
from meridian.cloud.local import capabilities, container, engine, image
from meridian.common import paths
from meridian.salt_api.pillar_files import load_layers, load_topology
from meridian.topology import Layers, Source, Topology, expand, node_pillar

HERE = Path(__file__).resolve().parent
STATES = ("node", "pki", "java", "kafka")
CHECK = "kafka.check"
NETWORK = "meridian-molecule"
LABEL = "meridian.molecule"
# Its artifacts are the scenario's too: so both share one image.
_LIKE = "local"


def topology() -> Topology:
    """Expand the platform's pillar with the scenario's own environment on top."""
    layers = load_layers(salt.config.minion_config(None), _LIKE)
    own = HERE / "environment.sls"
    source = Source(f"molecule/kafka/{own.name}", yaml.safe_load(own.read_text(encoding="utf-8")))
    return expand(Layers(layers.defaults, (*layers.environments, source), layers.regions), "molecule")


def create(client: docker.DockerClient, node_id: str) -> bool:
    """Have the machine run, with everything in it that a master would have given."""
    if client.containers.list(filters={"name": f"^{node_id}$"}):
        return False
    store = Store(paths.repository(), paths.cache())
    entries = store.prepare(needed.by(load_topology(salt.config.minion_config(None), _LIKE), store), False)
    listing = paths.state() / "artifacts.json"
    # An environment of this clone may have more.
    index.write(listing, (index.read(listing) if listing.exists() else {}) | entries)
    tag = image.ensure_image(store, entries, client)
    if not client.networks.list(names=[f"^{NETWORK}$"]):
        client.networks.create(NETWORK, driver="bridge", labels={LABEL: "kafka"})
    machine = container.Machine(
        name=node_id,
        hostname=node_id,
        image=tag,
        labels={LABEL: "kafka"},
        attachments=[container.Attachment(NETWORK, "", (node_id,))],
        memory_mb=1536,
        drop=capabilities.missing_here(),
    )
    arguments = container.create_arguments(machine)
    arguments["NetworkingConfig"] = {"EndpointsConfig": {NETWORK: {"Aliases": [node_id]}}}
    made = client.api.create_container_from_config(arguments, node_id)
    client.api.put_archive(made["Id"], "/", _files(node_id))
    client.api.start(made["Id"])
    return True


def _files(node_id: str) -> bytes:
    """Pack states, pillar and the minion's configuration."""
    whole = topology()
    with tempfile.TemporaryDirectory() as folder:
        pki.ensure(whole, Path(folder))
        pillar = node_pillar(
            whole,
            node_id,
            certificates=pki.certificates_for(whole.node(node_id), Path(folder)),
            artifacts={
                name: asdict(one) for name, one in index.read(paths.state() / "artifacts.json").items()
            },
        )
    minion = {
        "id": node_id,
        "file_client": "local",
        "file_roots": {"base": ["/srv/salt"]},
        "pillar_roots": {"base": ["/srv/pillar"]},
        "autoload_dynamic_modules": False,
        "enable_fqdns_grains": False,
        "enable_gpu_grains": False,
    }
    texts = {
        container.INIT.lstrip("/"): container.INIT_SCRIPT,
        "etc/salt/minion": json.dumps(minion),
        "srv/pillar/top.sls": json.dumps({"base": {"*": ["node"]}}),
        # The renderer json: what a certificate holds is no template.
        "srv/pillar/node.sls": "#!json\n" + json.dumps(pillar),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in texts.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o700
            tar.addfile(entry, io.BytesIO(text.encode()))
        tar.add(paths.repository() / "salt", "srv/salt")
    return buffer.getvalue()


def apply(client: docker.DockerClient, node_id: str) -> bool:
    """Apply the formulas, wait for the service, and say whether a state changed something.

    :raises SystemExit: with the reason of each state that failed.
    """
    changed = False
    for states in (",".join(STATES), CHECK):
        answer = _on(
            client,
            node_id,
            ["salt-call", "--local", "--out=json", "--log-level=error", "state.apply", states],
        )
        returned = json.loads(answer[answer.index("{") :])["local"]
        if not isinstance(returned, dict):
            sys.exit(f"{states}: {returned}")
        failed = [state for state in returned.values() if state["result"] is False]
        if failed:
            sys.exit("\n".join(f"{state.get('__id__')}: {state['comment']}" for state in failed))
        changed |= any(state["changes"] for state in returned.values())
    return changed


def roundtrip(client: docker.DockerClient, node_id: str) -> bool:
    """Send a record through the broker with its own certificate, by Kafka's own console tools.

    :raises SystemExit: when it does not come back.
    """
    properties = "\n".join(
        (
            "security.protocol=SSL",
            "ssl.keystore.type=PEM",
            "ssl.keystore.location=/etc/meridian/pki/kafka.keystore.pem",
            "ssl.truststore.type=PEM",
            "ssl.truststore.location=/etc/meridian/pki/ca.pem",
        )
    )
    java = "java -Xmx128m -cp '/opt/meridian/kafka/current/libs/*'"
    server = f"--bootstrap-server {node_id}:9092"
    script = f"""
        set -e
        umask 077
        printf '%s\\n' '{properties}' >/run/molecule.properties
        {java} org.apache.kafka.tools.TopicCommand {server} --command-config /run/molecule.properties \\
            --create --if-not-exists --topic molecule --partitions 1 --replication-factor 1
        echo "$MARK" | {java} org.apache.kafka.tools.ConsoleProducer {server} \\
            --command-config /run/molecule.properties --topic molecule
        {java} org.apache.kafka.tools.consumer.ConsoleConsumer {server} \\
            --command-config /run/molecule.properties --topic molecule --from-beginning --max-messages 1 \\
            --timeout-ms 30000
    """
    answer = _on(client, node_id, ["env", "MARK=seen", "bash", "-c", script])
    if "seen" not in answer.split():
        sys.exit(f"the record did not come back: {answer[-2000:]}")
    return False


def destroy(client: docker.DockerClient, node_id: str) -> bool:
    """Remove the machine and its network."""
    found = client.containers.list(all=True, filters={"label": LABEL, "name": f"^{node_id}$"})
    for one in found:
        one.remove(force=True, v=True)
    networks: list[Any] = client.networks.list(filters={"label": LABEL})
    for network in networks:
        network.remove()
    return bool(found)


def _on(client: docker.DockerClient, node_id: str, command: list[str]) -> str:
    # The SDK mixes the streams; Salt's JSON must stay apart from its warnings.
    done = subprocess.run(
        ["docker", "exec", node_id, *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 and not done.stdout.strip():
        sys.exit(f"{' '.join(command[:3])}: exit code {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def main(action: str, node_id: str) -> None:
    """Run one action."""
    if action == "create":
        engine.ensure()
    client = engine.client(timeout=600)
    act = {"create": create, "apply": apply, "roundtrip": roundtrip, "destroy": destroy}[action]
    done = act(client, node_id)
    # An environment of this clone may stand on the same engine.
    if action == "destroy" and not client.containers.list():
        engine.stop()
    print("done" if done else "nothing to do")


if __name__ == "__main__":
    main(*sys.argv[1:])
