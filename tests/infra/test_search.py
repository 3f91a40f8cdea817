"""Each region's search cluster, asked from outside as an operator would."""

import requests
from meridian.services.elasticsearch import operator
from meridian.topology.model import Region, Topology


def test_all_nodes_are_there_in_their_zones_and_every_shard_is_allocated(
    topology: Topology, search: Region
) -> None:
    asked = operator.client(topology, search)
    health = asked.health()
    assert (health["status"], health["number_of_nodes"]) == ("green", len(search.with_role("elasticsearch")))
    zones = sorted(one["zone"] for one in asked.nodes().values())
    assert zones == sorted(node.zone for node in search.with_role("elasticsearch"))


def test_nobody_is_answered_without_a_password(search: Region) -> None:
    port = search.settings["elasticsearch"]["ports"]["http"]
    session = requests.Session()
    session.trust_env = False
    for node in search.with_role("elasticsearch"):
        # Who it is has been asked above; here the answer counts.
        answer = session.get(f"https://{node.addresses.management}:{port}/", verify=False, timeout=20)
        assert answer.status_code == 401, node.id
