"""Real brokers moved to new ones, while a producer and a consumer run. The tests build on one another."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.kafka import cluster, reassignment, topics
from meridian.services.kafka.java import JavaTool
from meridian.services.kafka.migration import act
from meridian.services.kafka.migration.registration import ClusterTool

from tests.integration.kafka.conftest import Lab
from tests.integration.kafka.machines import Machine, machines, replacements
from tests.integration.kafka.traffic import Traffic

OLD, NEW = [1, 2, 3], [4, 5, 6]
BOUNDS = act.Bounds(batch=4, deadline=120)


class Moving:
    """A cluster of three that is to move to three others.

    :ivar new: machines of the new brokers.
    """

    def __init__(self, lab: Lab, new: list[Machine], traffic: Traffic) -> None:
        self.lab, self.new, self.traffic = lab, new, traffic
        # Old brokers' addresses too, as they are in the pillar of whoever begins.
        self.bootstrap = ",".join([lab.bootstrap, *(one.settings["advertised"]["INTERNAL"] for one in new)])
        tool = JavaTool(self.bootstrap, lab.tls, lab.arguments)
        self.access = act.Access(lab.admin, tool, ClusterTool(self.bootstrap, lab.tls, lab.arguments))

    def brokers_with_replicas(self) -> set[int]:
        parts = cluster.describe(self.lab.admin).partitions
        return {broker for part in parts for broker in part.replicas}


@pytest.fixture(scope="module")
def moving(kafka_artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moving]:
    folder = tmp_path_factory.mktemp("moving")
    made, tls = machines(folder / "brokers", kafka_artifact)
    new = replacements(made, folder / "new", kafka_artifact)
    try:
        for machine in made:
            machine.start()
        lab = Lab(made, tls, kafka_artifact / "classpath.args")
        lab.healthy()
        for topic in (topics.wanted("orders", 6), topics.wanted("pairs", 3, 2, 1)):
            topics.apply(lab.admin, topics.plan_now(lab.admin, topic), lambda *_: None)
        with Traffic(lab.bootstrap, tls, "orders") as traffic:
            traffic.flows()
            yield Moving(lab, new, traffic)
    finally:
        for machine in [*made, *new]:
            machine.stop(signal.SIGKILL)


def test_nothing_moves_before_the_new_brokers_are_up(moving: Moving) -> None:
    assert act.left(moving.access, OLD, NEW, BOUNDS).missing == tuple(NEW)
    with pytest.raises(MeridianError, match="broker 4, 5, 6 is not up; nothing is moved"):
        act.move(moving.access, OLD, NEW, replace(BOUNDS, patience=0))
    for machine in moving.new:
        machine.start()
    cluster.wait_healthy(moving.lab.admin, [*OLD, *NEW], 120)
    assert moving.access.registry.registered() == {*OLD, *NEW}
    assert moving.brokers_with_replicas() == set(OLD)


def test_what_was_moved_and_what_moves_can_be_undone(moving: Moving) -> None:
    todo = act.step(moving.access, OLD, NEW, BOUNDS)
    assert moving.brokers_with_replicas() == {*OLD, *NEW}
    # Another batch is begun with next to no traffic allowed, and whoever did it is gone.
    batch = {todo.moves[0].topic: {todo.moves[0].partition: todo.moves[0].to}}
    reassignment.start(moving.access.tool, batch, 1000)
    act.move(moving.access, NEW, OLD, BOUNDS)
    assert moving.brokers_with_replicas() == set(OLD)
    assert reassignment.under_way(moving.access.tool) == {}
    assert not act.left(moving.access, NEW, OLD, BOUNDS).settle
    moving.traffic.flows()


def test_an_interrupted_migration_goes_on_from_what_the_cluster_says(moving: Moving) -> None:
    first = act.left(moving.access, OLD, NEW, BOUNDS)
    batch = {first.moves[0].topic: {first.moves[0].partition: first.moves[0].to}}
    reassignment.start(moving.access.tool, batch, 50 * 2**20)
    told: list[str] = []
    act.move(moving.access, OLD, NEW, BOUNDS, told.append)
    assert moving.brokers_with_replicas() == set(NEW)
    assert len(told) >= len(first.moves) // BOUNDS.batch
    after = act.left(moving.access, OLD, NEW, BOUNDS)
    assert (after.moves, after.settle, after.stop) == ((), (), tuple(OLD))
    moving.traffic.flows()


def test_old_brokers_leave_and_no_message_was_lost(moving: Moving) -> None:
    with pytest.raises(MeridianError, match="broker 1 still runs"):
        act.retire(moving.access, OLD)
    for number in OLD:
        # The quorum stays where it is: the node gives up being a broker, and goes on as a controller.
        machine = moving.lab.machines[number]
        machine.stop()
        machine.settings["process_roles"] = ["controller"]
        for places in (machine.settings["listeners"], machine.settings["advertised"]):
            for name in ("INTERNAL", "EXTERNAL"):
                del places[name]
        machine.apply()
        machine.start()
        left = {*NEW, *(one for one in OLD if one > number)}
        cluster.wait_healthy(moving.lab.admin, left, 120)
        moving.traffic.flows()
    assert act.left(moving.access, OLD, NEW, BOUNDS).unregister == tuple(OLD)
    assert act.retire(moving.access, OLD) == OLD
    assert act.retire(moving.access, OLD) == []
    assert not act.left(moving.access, OLD, NEW, BOUNDS)
    assert set(cluster.describe(moving.lab.admin).brokers) == set(NEW)
    moving.traffic.flows()
    moving.traffic.end()
    assert moving.traffic.failed == []
    assert moving.traffic.stored(moving.bootstrap) == dict.fromkeys(moving.traffic.sent, 1)
