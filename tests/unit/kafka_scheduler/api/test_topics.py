"""Topics, partitions and quotas over REST."""

from kafka_scheduler.kafka.partitions_planning import Order

from tests.unit.kafka_scheduler.api.double import Api


def test_topics_are_listed_with_partitions_and_settings(three: Api) -> None:
    (topic,) = three.get("/api/topic/list?topic=t0")["topics"]
    assert topic == {"name": "t0", "partitions": {"0": [0, 1]}, "options": {"retention.ms": "1"}}
    assert [one["name"] for one in three.post("/api/topic/list")["topics"]] == ["t0", "t1"]
    assert three.get("/api/topic/list?topic=t9", 404)


def test_topics_are_added_where_they_are_wanted(three: Api) -> None:
    three.post("/api/topic/add?topic=a,b&partitions=6&replicas=2&broker=0..1&fixedStartIndex=1")
    wanted = three.topics.added[0]
    assert (wanted.names, wanted.partitions, wanted.replicas) == (("a", "b"), 6, 2)
    assert wanted.order == Order((0, 1), 1)
    three.post("/api/topic/add?topic=c&options=retention.ms%3D5")
    assert three.topics.added[1].order is None
    assert three.topics.added[1].replicas is None
    assert three.topics.added[1].options == {"retention.ms": "5"}
    assert three.post("/api/topic/add?topic=x*", 400)


def test_settings_are_changed_and_unset(three: Api) -> None:
    three.post("/api/topic/update?topic=t*&options=cleanup.policy%3Dcompact,retention.ms%3D")
    assert three.topics.known["t0"].options == {"cleanup.policy": "compact"}
    assert three.topics.known["t1"].options == {"cleanup.policy": "compact"}


def test_a_topic_is_deleted_only_when_named_twice(three: Api) -> None:
    assert "name twice" in three.post("/api/topic/delete?topic=t0", 400)["error"]
    assert "name twice" in three.post("/api/topic/delete?topic=t0&confirm=t1", 400)["error"]
    assert three.post("/api/topic/delete?topic=t*&confirm=t*", 404)
    assert set(three.topics.known) == {"t0", "t1"}
    assert three.post("/api/topic/delete?topic=t0&confirm=t0")["status"] == "deleted"
    assert set(three.topics.known) == {"t1"}


def test_rebalance_is_planned_started_waited_for_and_asked_for(three: Api) -> None:
    assert three.post("/api/topic/rebalance")["status"] == "idle"
    planned = three.post("/api/topic/rebalance?topic=t0&dryRun&broker=1..2&replicas=2")
    assert planned["status"] == "planned"
    assert planned["state"] == "1 partitions, 1 replicas to another broker"
    assert three.moves.asked[0] == (["t0"], Order((1, 2)), 2, False, 50 * 2**20)
    assert three.post("/api/topic/rebalance?topic=t0")["status"] == "started"
    assert three.post("/api/topic/realign?topic=*&timeout=1m&throttle=7")["status"] == "completed"
    assert three.moves.asked[-1] == (["t0", "t1"], Order((0, 1, 2)), None, True, 7)
    assert three.post("/api/topic/rebalance?topic=status")["status"] == "started"
    assert three.post("/api/topic/cancel")["status"] == "cancelled"


def test_realign_is_rebalance_that_keeps_what_it_can(three: Api) -> None:
    three.post("/api/topic/rebalance?topic=t0&realign=true")
    assert three.moves.asked[-1][3] is True
    assert three.post("/api/topic/rebalance?topic=t0&realign&startPartitionId=2", 400)
    assert three.post("/api/topic/rebalance?topic=t9", 404)


def test_nothing_to_cancel_is_told(three: Api) -> None:
    assert three.post("/api/topic/cancel", 409) == {"error": "nothing is under way"}


def test_partitions_are_listed_and_added(three: Api) -> None:
    listed = three.get("/api/partition/list?topic=t0")
    assert listed == {"t0": [{"id": 0, "leader": 0, "expectedLeader": 0, "replicas": [0, 1], "isr": [0]}]}
    assert len(three.post("/api/partition/add?topic=t0&partitions=4")["t0"]) == 4


def test_quotas_are_set_kept_and_taken_away(three: Api) -> None:
    assert three.get("/api/quota/list") == []
    three.post("/api/quota/set?entityType=clients&entity=c&producerByteRate=100&consumerByteRate=200")
    assert three.post("/api/quota/set?entityType=clients&entity=c&producerByteRate=") == [
        {"entityType": "clients", "entity": "c", "consumerByteRate": 200}
    ]
    assert three.post("/api/quota/set?entityType=topics&entity=c&producerByteRate=1", 400)
    assert three.post("/api/quota/set?entityType=clients&entity=c", 400)
