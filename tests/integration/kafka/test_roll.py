"""A changed configuration, on real brokers."""

from collections.abc import Iterable

import pytest
from meridian.common.errors import MeridianError
from meridian.services.kafka import cluster, roll

from tests.integration.kafka.conftest import Lab


def rolled(lab: Lab, deadline: float = 120) -> tuple[dict[str, str], list[int]]:
    """Do what ``kafka.roll`` does for a cluster; return its changes, and the brokers in their order."""
    restarted: list[int] = []

    def restart(node: str) -> None:
        number = next(broker for broker, name in lab.nodes.items() if name == node)
        restarted.append(number)
        lab.machines[number].stop()
        lab.machines[number].start()

    answers = {number: machine.pending() for number, machine in lab.machines.items()}
    by_node = {lab.nodes[number]: machine for number, machine in lab.machines.items()}
    done = roll.roll(
        lab.admin, lab.nodes, answers, restart, lambda node: by_node[node].last_log_line(), deadline=deadline
    )
    return done, restarted


def change(lab: Lab, brokers: Iterable[int] = (1, 2, 3), **config: object) -> None:
    for number in brokers:
        machine = lab.machines[number]
        machine.settings["config"] = machine.settings["config"] | {
            key.replace("_", "."): value for key, value in config.items()
        }
        machine.apply()


def test_only_what_needs_it_is_restarted_one_by_one_and_the_active_controller_last(lab: Lab) -> None:
    assert rolled(lab) == ({}, [])

    change(lab, message_max_bytes=2000000)
    assert rolled(lab) == (dict.fromkeys(lab.nodes.values(), "set message.max.bytes=2000000"), [])
    assert rolled(lab) == ({}, [])

    change(lab, message_max_bytes=3000000, queued_max_requests=400)
    leader = lab.machines[1].pending()["leader"]
    done, order = rolled(lab)
    assert set(done.values()) == {"set message.max.bytes=3000000; CONFIG queued.max.requests"}
    assert sorted(order) == [1, 2, 3]
    assert order[-1] == leader
    assert rolled(lab) == ({}, [])


def test_a_setting_that_breaks_brokers_breaks_one_only_and_is_mended_by_the_next_run(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll, "_PATIENCE_SECONDS", 2)
    first, second = sorted(set(lab.machines) - {lab.machines[1].pending()["leader"]})
    change(lab, [first, second], num_partitions="none")
    with pytest.raises(
        MeridianError, match=rf"restart of kafka-{first}: broker {first} is not up.*num\.partitions"
    ):
        rolled(lab, deadline=8)
    assert set(cluster.describe(lab.admin).brokers) == set(lab.machines) - {first}

    change(lab, [first, second], num_partitions=2)
    done, order = rolled(lab)
    assert order == [first, second]
    assert set(done.values()) == {"CONFIG num.partitions"}
    lab.healthy()


def test_what_kafka_refuses_while_it_runs_is_taken_by_a_restart_and_once_only(lab: Lab) -> None:
    """More than twice the threads at once, in place of a number that was set before in the running broker."""
    follower = min(set(lab.machines) - {lab.machines[1].pending()["leader"]})
    change(lab, [follower], num_io_threads=6)
    assert rolled(lab) == ({lab.nodes[follower]: "set num.io.threads=6"}, [])
    change(lab, [follower], num_io_threads=20)
    assert rolled(lab) == ({lab.nodes[follower]: "CONFIG num.io.threads"}, [follower])
    assert rolled(lab) == ({}, [])
