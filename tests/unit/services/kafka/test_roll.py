"""In which order brokers are restarted."""

from meridian.services.kafka import roll


def answer(leader: int, epoch: int) -> dict[str, int]:
    """Return what a node says of its quorum."""
    return {"leader": leader, "epoch": epoch}


def test_those_that_are_down_come_first_and_the_active_controller_last() -> None:
    assert roll.order({1, 2, 3}, up={1, 2}, leader=1) == [3, 2, 1]
    assert roll.order({1, 2, 3}, up={1, 2, 3}, leader=None) == [1, 2, 3]
    assert roll.order({1, 2}, up={2}, leader=2) == [1, 2]


def test_the_newest_epoch_knows_the_active_controller() -> None:
    answers = {1: answer(leader=1, epoch=4), 2: answer(leader=2, epoch=7), 3: answer(leader=-1, epoch=9)}
    assert roll.leader_of(answers) == 2
    assert roll.leader_of({1: answer(leader=-1, epoch=-1)}) is None


def test_what_only_a_running_broker_refuses_is_taken_by_a_restart() -> None:
    # Kafka's words, as it said them.
    now = (
        "Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update "
        "validation failed for num.io.threads=20, value should not be greater than double the current "
        "value 6 for configuration Invalid dynamic configuration"
    )
    never = "Invalid value -5 for configuration num.io.threads: Value must be at least 1"
    assert not roll.is_impossible(now)
    assert roll.is_impossible(never)
    assert not roll.is_impossible("Cannot update these configs dynamically: Set(log.dirs)")
