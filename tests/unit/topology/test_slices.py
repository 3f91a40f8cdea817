"""What a node learns, and what it must not."""

import base64
import json
import re
from typing import Any

from meridian.topology import Topology, cluster_id, node_pillar

SECRETS = {
    "objectstore": {
        "root": {"access_key": "ROOT", "secret_key": "root-secret"},
        "users": {"archive": {"access_key": "ARCHIVE", "secret_key": "archive-secret"}},
    }
}
ARTIFACTS = {
    name: {"version": "1", "sha256": "0", "file": name}
    for name in ("kafka", "kafka-cds", "connect-predicates", "archiver", "versitygw", "meridian", "toxiproxy")
}


def slice_of(topology: Topology, node: str) -> dict[str, Any]:
    return node_pillar(topology, node, secrets=SECRETS, artifacts=ARTIFACTS)


def test_a_slice_is_plain_data(local: Topology) -> None:
    for node in local.nodes:
        pillar = slice_of(local, node.id)
        assert json.loads(json.dumps(pillar)) == pillar


def test_credentials_reach_only_the_nodes_that_use_them(local: Topology) -> None:
    knows_root, knows_archive = set(), set()
    for node in local.nodes:
        text = json.dumps(slice_of(local, node.id))
        if "root-secret" in text:
            knows_root.add(node.id)
        if "archive-secret" in text:
            knows_archive.add(node.id)
    assert knows_root == {"services-1.central.local"}
    assert knows_archive == {f"services-1.{region.name}.local" for region in local.regions}


def test_a_broker_knows_its_quorum_and_how_others_reach_it(local: Topology) -> None:
    kafka = slice_of(local, "kafka-2.eu-west.local")["kafka"]
    assert (kafka["node_id"], kafka["rack"]) == (2, "eu-west-1b")
    assert kafka["voters"][2] == {"id": 3, "host": "kafka-3.eu-west.local", "port": 9093}
    assert kafka["advertised"] == {
        "INTERNAL": "kafka-2.eu-west.local:9092",
        "CONTROLLER": "kafka-2.eu-west.local:9093",
        "EXTERNAL": "10.213.17.11:9094",
    }
    assert "User:CN=operator" in kafka["super_users"]


def test_a_worker_knows_the_flows_into_its_region(local: Topology) -> None:
    pillar = slice_of(local, "kafka-1.central.local")
    flow = pillar["flows"]["us-east-to-central"]
    assert flow["source_bootstrap"] == "10.213.16.10:9094,10.213.16.11:9094,10.213.16.12:9094"
    assert flow["target_bootstrap"] == local.region("central").kafka_bootstrap_internal
    assert flow["filter"]["on_malformed"] == "drop"
    assert len(pillar["connect"]["workers"]) == 3
    assert "flows" not in slice_of(local, "kafka-1.us-east.local")


def test_the_archiver_writes_to_the_centres_store(local: Topology) -> None:
    archive = slice_of(local, "services-1.us-east.local")["archive"]
    assert archive["endpoint"] == "https://10.213.18.13:7070"
    assert (archive["access_key"], archive["secret_key"]) == ("ARCHIVE", "archive-secret")
    assert archive["topics"] == ["flights", "canary"]


def test_routes_lead_to_the_other_regions_by_the_own_gateway(local: Topology) -> None:
    assert slice_of(local, "kafka-1.eu-west.local")["routes"] == [
        {"network": "10.213.16.0/24", "via": "10.213.17.2"},
        {"network": "10.213.18.0/24", "via": "10.213.17.2"},
    ]


def test_a_node_gets_the_artifacts_of_its_roles(local: Topology) -> None:
    assert set(slice_of(local, "kafka-1.us-east.local")["artifacts"]) == {"meridian", "kafka", "kafka-cds"}
    assert set(slice_of(local, "services-1.us-east.local")["artifacts"]) == {"meridian", "archiver"}
    central = set(slice_of(local, "kafka-1.central.local")["artifacts"])
    assert central == {"meridian", "kafka", "kafka-cds", "connect-predicates"}


def test_cluster_ids_are_stable_distinct_and_of_kafkas_form() -> None:
    ids = {cluster_id(environment, f"r{n}") for environment in ("local", "test") for n in range(200)}
    assert len(ids) == 400
    for one in ids:
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", one)
        assert len(base64.urlsafe_b64decode(one + "==")) == 16
    assert cluster_id("local", "us-east") == "DFDaz1m_PXeiQ6KJqBtiUQ"
