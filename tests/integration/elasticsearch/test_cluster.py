"""The formula's cluster: users, rolling restarts, what is refused."""

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import repositories, roll, templates
from meridian.services.elasticsearch.client import ElasticClient, ElasticError

from tests.integration.elasticsearch.conftest import Elastic, template


def test_nobody_gets_in_without_the_right_password_and_is_told_in_one_line(elastic: Elastic) -> None:
    stranger = ElasticClient(elastic.access("sink", "guessed"), patience=0)
    with pytest.raises(
        ElasticError, match=r"refuses user sink \(401\): the password in .*sinkguessed\.json is"
    ) as told:
        stranger.health()
    assert "\n" not in str(told.value)


def test_a_node_is_in_a_zone_of_its_own_and_one_is_master(elastic: Elastic) -> None:
    known = elastic.client.nodes()
    assert {name: facts["zone"] for name, facts in known.items()} == {
        f"elastic-{number}": f"zone-{number}" for number in (1, 2, 3)
    }
    assert sum(facts["master"] for facts in known.values()) == 1


def test_a_template_that_is_there_differs_in_nothing(elastic: Elastic) -> None:
    assert templates.plan(elastic.client, "meridian-kafka", template()) == {}
    other = template()
    other["priority"] = 201
    assert templates.plan(elastic.client, "meridian-kafka", other) == {"priority": {"old": 200, "new": 201}}


def test_a_repository_without_its_module_is_refused_in_one_line(elastic: Elastic) -> None:
    with pytest.raises(MeridianError, match="has no module repository-s3, so it keeps no snapshots"):
        repositories.put(elastic.client, "archive", "s3", {"bucket": "snapshots"})


def test_an_index_goes_only_when_it_is_named_twice_and_never_by_the_sink(elastic: Elastic) -> None:
    elastic.client.call("PUT", "/kafka-gone")
    with pytest.raises(MeridianError, match="index kafka-gone is not removed"):
        repositories.remove_index(elastic.client, "kafka-gone", "kafka-")
    with pytest.raises(MeridianError, match="is a pattern"):
        repositories.remove_index(elastic.client, "kafka-*", "kafka-*")
    with pytest.raises(ElasticError, match="403"):
        repositories.remove_index(ElasticClient(elastic.access("sink")), "kafka-gone", "kafka-gone")
    repositories.remove_index(elastic.client, "kafka-gone", "kafka-gone")
    assert "kafka-gone" not in elastic.client.indices()


def test_only_nodes_whose_files_changed_are_restarted_and_shards_stay_where_they_are(
    elastic: Elastic,
) -> None:
    """Last of all: the cluster is green again behind it."""
    pending = {name: node.pending() for name, node in elastic.nodes.items()}
    assert roll.roll(elastic.client, pending, lambda node: None) == {}

    changed = elastic.nodes["elastic-2"]
    changed.settings["config"] = changed.settings["config"] | {"indices.recovery.max_bytes_per_sec": "80mb"}
    changed.apply()
    pending = {name: node.pending() for name, node in elastic.nodes.items()}
    restarted: list[str] = []

    def restart(name: str) -> None:
        assert elastic.client.settings()[roll.ALLOCATION] == "primaries"
        restarted.append(name)
        elastic.nodes[name].stop()
        elastic.nodes[name].start()

    done = roll.roll(elastic.client, pending, restart)
    assert restarted == ["elastic-2"]
    assert done["elastic-2"].endswith("/etc/meridian/elasticsearch/elasticsearch.yml")
    assert roll.ALLOCATION not in elastic.client.settings()
    assert changed.pending() == []
    # Formed once: no node names first masters any more.
    config = changed.folder / "data/config/elasticsearch.yml"
    assert "\ncluster.initial_master_nodes" not in config.read_text()
