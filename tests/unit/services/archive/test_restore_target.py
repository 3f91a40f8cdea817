import pytest
from meridian.services.archive.restore_target import final_config, unfit

DAY = 86_400_000
NOW = 20_000 * DAY
FIT = {
    "retention.ms": "-1",
    "cleanup.policy": "delete",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": "3600000",
    "message.timestamp.before.max.ms": str(2**63 - 1),
}


@pytest.mark.parametrize(
    ("config", "oldest", "newest", "problem"),
    [
        ({}, 0, NOW, ""),
        ({"retention.ms": str(7 * DAY)}, NOW - 8 * DAY, NOW, "keeps records for 7 days"),
        ({"retention.ms": str(7 * DAY), "cleanup.policy": "compact"}, 0, NOW, ""),
        ({"message.timestamp.type": "LogAppendTime"}, NOW, NOW, "sets timestamps itself"),
        ({}, 0, NOW + 2 * DAY, "takes no record that is 2.0 days ahead"),
        (
            {"message.timestamp.before.max.ms": str(DAY)},
            -DAY,
            NOW,
            "record that is 20001.0 days old",
        ),
    ],
)
def test_a_topic_that_could_not_hold_the_records_is_refused_beforehand(
    config: dict[str, str], oldest: int, newest: int, problem: str
) -> None:
    found = unfit("back", FIT | config, oldest, newest, NOW)
    assert problem in found
    assert bool(found) == bool(problem)


def test_a_restored_topic_has_the_originals_settings_but_its_retention() -> None:
    config = {
        "retention.ms": "1",
        "retention.bytes": "1",
        "cleanup.policy": "compact",
        "max.message.bytes": "10485760",
        "leader.replication.throttled.replicas": "*",
    }
    assert final_config(config) == {"cleanup.policy": "compact", "max.message.bytes": "10485760"}
