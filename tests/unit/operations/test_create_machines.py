"""The local cloud's machines by the ``cloud`` runner's functions and our driver, on an engine double."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import salt.config
import salt.utils.event
from meridian.cloud.lifecycle.outcome import Failure
from meridian.cloud.local import allocation, labels, limits, networks, wan
from meridian.cloud.local import engine as docker_engine
from meridian.cloud.local.allocation import Allocation
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.operations import create_machines, destroy_machines, providers, workers
from meridian.salt_api import cloud_settings, progress
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Topology

from tests.doubles.docker_engine import Engine, network
from tests.unit.cloud.conftest import engine, make_topology, topology

__all__ = ["engine", "make_topology", "topology"]
GIVEN = Allocation(LocalNetwork("10.230.0.0/16", 0), "0badcafe")


@pytest.fixture
def opts(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The options of a master whose clone has one local environment, ``test``."""
    for folder in ("cloud.providers.d", "cloud.profiles.d"):
        (tmp_path / folder).mkdir()
        shutil.copy(paths.repository() / folder / "local.conf", tmp_path / folder)
    for name in ("cloud", "master"):
        (tmp_path / name).touch()
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki/master.pub").write_text("public")
    for name in ("east", "west", "hub"):
        of = labels.of("0badcafe", labels.NETWORK, "test", name)
        engine.known_networks.append(network(f"meridian-0badcafe-test-{name}", "10.230.16.0/24", of))
    bus = SimpleNamespace(fire_event=lambda *_: True)
    monkeypatch.setattr(salt.utils.event, "get_event", lambda *_, **__: nullcontext(bus))
    monkeypatch.setattr(progress, "report", lambda *_, **__: None)
    monkeypatch.setattr(paths, "state", lambda: tmp_path / "state")
    monkeypatch.setattr(docker_engine, "client", lambda **_: engine)
    monkeypatch.setattr(allocation, "ensure", lambda *_, **__: GIVEN)
    monkeypatch.setattr(allocation, "find", lambda _: GIVEN)
    monkeypatch.setattr(allocation, "forget", lambda _: None)
    monkeypatch.setattr(limits, "ensure", list)
    monkeypatch.setattr(networks, "ensure_management", lambda *_: False)
    monkeypatch.setattr(networks, "ensure_regions", lambda *_: [])
    monkeypatch.setattr(networks, "remove_environment", lambda *_: [])
    monkeypatch.setattr(wan, "ensure_gateways", lambda *_: [])
    monkeypatch.setattr(wan, "remove_gateways", lambda *_: [])
    monkeypatch.setattr(providers, "node_image", lambda _: "meridian-node:two")
    monkeypatch.setattr(create_machines, "_wait", lambda *_: None)
    # The engine's double lives in this process only.
    monkeypatch.setattr(workers, "run", _run_here)
    monkeypatch.setattr(cloud_settings, "_accounts", {})
    found = dict(salt.config.master_config(str(tmp_path / "master")))
    return found | {"pki_dir": str(tmp_path / "pki"), "conf_file": str(tmp_path / "master"), "ssl": None}


def _run_here(
    jobs: Sequence[workers.Job], done: Callable[[str, str], None] = lambda name, reason: None
) -> dict[str, Failure]:
    failed = {}
    for job in jobs:
        for name, settings in job.work.items():
            try:
                job.site.work(job.action, name, settings)
            except MeridianError as problem:
                failed[name] = Failure(str(problem))
            done(name, failed[name].reason if name in failed else "")
    return failed


def test_environment_comes_stays_and_goes(opts: dict[str, Any], topology: Topology, engine: Engine) -> None:
    wanted = sorted(node.id for node in topology.nodes)
    done = create_machines.ensure(opts, topology, 4, 1)
    assert (done["made"], done["started"], done["kept"]) == (wanted, [], [])
    assert done["comment"] == "6 nodes answer, 6 of them new"
    assert {path.name for path in (Path(opts["pki_dir"]) / "minions").iterdir()} == set(wanted)
    again = create_machines.ensure(opts, topology, 4, 1)
    assert (again["changes"], again["kept"]) == ([], wanted)
    described = create_machines.describe(opts, topology)
    assert (sorted(described["existing"]), described["missing"], described["replace"]) == (wanted, [], {})
    assert described["existing"]["services-1.hub.test"]["tags"]["meridian-role"] == "archive+objectstore"
    gone = destroy_machines.destroy(opts, "test", True, 4)
    assert [f"{name} removed" for name in wanted] == gone["changes"]
    assert engine.containers_by_id == {}


def test_stopped_and_half_made_nodes_come_back(
    opts: dict[str, Any], topology: Topology, engine: Engine
) -> None:
    create_machines.ensure(opts, topology, 4, 1)
    by_name = {held["Labels"]["meridian.node"]: held for held in engine.containers_by_id.values()}
    by_name["kafka-1.east.test"]["State"] = "exited"
    by_name["kafka-1.west.test"]["State"] = "created"
    done = create_machines.ensure(opts, topology, 4, 1)
    assert (done["started"], done["made"]) == (["kafka-1.east.test"], ["kafka-1.west.test"])
    assert all(held["State"] == "running" for held in engine.containers_by_id.values())
    assert len(engine.containers_by_id) == 6


def test_node_that_does_not_start_is_named_with_the_engines_reason(
    opts: dict[str, Any], topology: Topology, engine: Engine
) -> None:
    engine.refuse["kafka-1.east.test.0badcafe"] = "no space left on device"
    with pytest.raises(MeridianError, match=r"^1 of 6 nodes did not come up: .*no space left on device$"):
        create_machines.ensure(opts, topology, 4, 1)
    assert len(engine.containers_by_id) == 5
    keys = {path.name for path in (Path(opts["pki_dir"]) / "minions").iterdir()}
    assert "kafka-1.east.test" not in keys
    assert len(keys) == 5


def test_other_environments_nodes_are_left_alone(
    opts: dict[str, Any], topology: Topology, engine: Engine
) -> None:
    create_machines.ensure(opts, topology, 4, 1)
    held = next(iter(engine.containers_by_id.values()))
    held["Labels"] = {
        **held["Labels"],
        labels.ENVIRONMENT: "other",
        "meridian.tag.meridian-environment": "other",
    }
    destroy_machines.destroy(opts, "test", True, 4)
    assert list(engine.containers_by_id.values()) == [held]


def test_destroy_wants_to_be_told(opts: dict[str, Any]) -> None:
    with pytest.raises(MeridianError, match="say yes=True"):
        destroy_machines.destroy(opts, "test", False, 4)


def test_one_node_is_removed_by_its_name_and_made_anew(
    opts: dict[str, Any], topology: Topology, engine: Engine
) -> None:
    create_machines.ensure(opts, topology, 4, 1)
    node = topology.nodes[0].id
    destroy_machines.remove(opts, "test", node)
    left = {held["Labels"]["meridian.node"] for held in engine.containers_by_id.values()}
    assert left == {one.id for one in topology.nodes} - {node}
    assert not (Path(opts["pki_dir"]) / "minions" / node).exists()
    # Nothing is there any more: an interrupted removal is asked for again.
    destroy_machines.remove(opts, "test", node)
    assert create_machines.ensure(opts, topology, 4, 1)["made"] == [node]
