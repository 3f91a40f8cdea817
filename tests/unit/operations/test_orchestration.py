"""The steps of a deployment, as Salt renders them."""

from typing import Any

import pytest
import salt.config
import salt.loader
from meridian.common import paths
from salt.template import compile_template

OUTLINE: dict[str, Any] = {
    "provider": "local",
    "local": True,
    "remote": False,
    "regions": [
        {
            "name": "a",
            "runtime": "systemd",
            "nodes": ["k.a.e"],
            "topics": ["t"],
            "apps": False,
            "roles": {"kafka": ["k.a.e"]},
        }
    ],
    "mirror_targets": [],
}


def steps(outline: Any, pillar: dict[str, Any], folder: str, intent: str = "deploy") -> dict[str, Any]:
    opts = {**salt.config.DEFAULT_MASTER_OPTS, "cachedir": folder, "pillar": pillar}
    functions = {"saltutil.runner": lambda function, **arguments: outline}
    renderers = salt.loader.render(opts, functions)
    file = paths.repository() / f"orchestrate/platform/{intent}.sls"
    return dict(compile_template(str(file), renderers, "jinja|yaml", None, None))


def arguments(step: dict[str, Any]) -> dict[str, Any]:
    return {key: value for part in step["phase.runner"] for key, value in part.items()}


def test_a_plan_is_agreed_with_before_anything_is_touched(tmp_path: Any) -> None:
    found = steps(OUTLINE, {"environment": "e", "plan": '/a folder/"plan".json'}, str(tmp_path))
    plan = arguments(found["Plan"])
    assert (plan["function"], plan["environment"]) == ("platform.agree", "e")
    assert plan["plan"] == '/a folder/"plan".json'
    assert plan["require"] == [{"phase": "Topology"}]
    assert plan["require_in"] == [{"phase": "Preflight"}]


@pytest.mark.parametrize("outline", [OUTLINE, "Exception: the pillar is wrong"])
def test_without_a_plan_there_is_no_such_step(tmp_path: Any, outline: Any) -> None:
    found = steps(outline, {"environment": "e"}, str(tmp_path))
    assert "Plan" not in found
    assert {"Lock", "Topology"} <= set(found)


def test_machines_of_clouds_are_located_and_get_certificates_before_their_states(tmp_path: Any) -> None:
    found = steps({**OUTLINE, "local": False, "remote": True}, {"environment": "e"}, str(tmp_path))
    assert "Image" not in found
    assert arguments(found["Addresses"])["require"] == [{"phase": "Nodes"}]
    again = arguments(found["Certificates of new machines"])
    assert (again["function"], again["require"]) == ("pki.ensure", [{"phase": "Addresses"}])
    assert again["require_in"] == [{"phase": "States of a"}]


def test_the_local_cloud_chooses_addresses_beforehand(tmp_path: Any) -> None:
    found = steps(OUTLINE, {"environment": "e"}, str(tmp_path))
    assert "Image" in found
    assert "Addresses" not in found


def test_brokers_that_are_tasks_are_placed_before_they_are_asked(tmp_path: Any) -> None:
    mesos = {
        "name": "b",
        "runtime": "mesos",
        "nodes": ["k.b.e", "m.b.e"],
        "topics": ["t"],
        "apps": False,
        "roles": {"kafka": ["k.b.e"], "marathon": ["m.b.e", "n.b.e"]},
    }
    found = steps({**OUTLINE, "regions": [*OUTLINE["regions"], mesos]}, {"environment": "e"}, str(tmp_path))
    app = {key: value for part in found["Scheduler of b"]["phase.states"] for key, value in part.items()}
    assert (app["nodes"], app["sls"]) == (["m.b.e"], ["kafka-scheduler.app"])
    assert app["require_in"] == [{"phase": "Tasks"}]
    assert arguments(found["Tasks"])["require_in"] == [{"phase": "Brokers"}]
    assert "Scheduler of a" not in found
    assert "Tasks" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))


def test_a_migration_is_a_deployment_that_moves_partitions_before_brokers_end(tmp_path: Any) -> None:
    found = steps(OUTLINE, {"environment": "e", "region": "a"}, str(tmp_path), "migrate")
    step = arguments(found["Migration"])
    assert (step["function"], step["environment"], step["region"]) == ("kafka.migrate", "e", "a")
    assert step["require"] == [{"phase": "States of a"}]
    assert step["require_in"] == [{"phase": "Brokers"}]
    assert found["include"] == ["platform.deploy"]
    retirement = arguments(found["Retirement"])
    assert (retirement["function"], retirement["region"]) == ("kafka.retire", "a")
    assert retirement["require"] == [{"phase": "Brokers"}]


def test_elasticsearch_is_rolled_before_anything_is_called_well_where_there_is_any(tmp_path: Any) -> None:
    assert "Search" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))
    region = OUTLINE["regions"][0]
    having = {**region, "roles": {**region["roles"], "elasticsearch": ["e.a.e"]}}
    search = arguments(steps({**OUTLINE, "regions": [having]}, {"environment": "e"}, str(tmp_path))["Search"])
    assert search["function"] == "elasticsearch.roll"
    assert search["require_in"] == [{"phase": "Verification"}]


def on_mesos(**more: Any) -> dict[str, Any]:
    roles = {"kafka": ["k.a.e"], "mesos-agent": ["k.a.e"], "marathon": ["m.a.e", "n.a.e"]}
    region = {**OUTLINE["regions"][0], "runtime": "mesos", "roles": roles, **more}
    return {**OUTLINE, "regions": [region]}


def test_agents_are_rolled_before_brokers_are_placed(tmp_path: Any) -> None:
    assert "Agents" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))
    step = arguments(steps(on_mesos(), {"environment": "e"}, str(tmp_path))["Agents"])
    assert (step["function"], step["environment"]) == ("mesos.roll", "e")
    assert step["require"] == [{"phase": "States of a"}]
    assert step["require_in"] == [{"phase": "Brokers"}, {"phase": "Scheduler of a"}]


def test_declared_apps_are_deployed_on_one_server_before_anything_is_called_well(tmp_path: Any) -> None:
    assert "Apps of a" not in steps(on_mesos(), {"environment": "e"}, str(tmp_path))
    found = steps(on_mesos(apps=True), {"environment": "e"}, str(tmp_path))
    app = {key: value for part in found["Apps of a"]["phase.states"] for key, value in part.items()}
    assert (app["nodes"], app["sls"]) == (["m.a.e"], ["marathon.apps"])
    assert app["require"] == [{"phase": "Brokers"}, {"phase": "Topics of a"}, {"phase": "Agents"}]
    assert app["require_in"] == [{"phase": "Verification"}]


@pytest.mark.parametrize("pillar", [{}, {"node": "k.a.e"}, {"node": "k.a.e", "confirm": "k.b.e"}])
def test_no_node_is_replaced_without_its_name(tmp_path: Any, pillar: dict[str, Any]) -> None:
    found = steps(on_mesos(), {"environment": "e", **pillar}, str(tmp_path), "replace")
    assert list(found) == ["Asked for by name"]


def test_a_node_is_removed_before_missing_ones_are_made(tmp_path: Any) -> None:
    pillar = {"environment": "e", "node": "k.a.e", "confirm": "k.a.e"}
    found = steps(on_mesos(), pillar, str(tmp_path), "replace")
    assert found["include"] == ["platform.deploy"]
    step = arguments(found["Removal"])
    assert (step["function"], step["environment"]) == ("cloud.remove", "e")
    assert (step["node"], step["confirm"], step["lost"]) == ("k.a.e", "k.a.e", False)
    assert (step["require"], step["require_in"]) == ([{"phase": "Certificates"}], [{"phase": "Nodes"}])


def test_nodes_of_elasticsearch_that_are_tasks_are_placed_before_sinks_start(tmp_path: Any) -> None:
    mesos = {
        "name": "b",
        "runtime": "systemd",
        "search": "mesos",
        "nodes": ["e.b.e", "m.b.e"],
        "apps": False,
        "topics": [],
        "roles": {"elasticsearch": ["e.b.e", "f.b.e"], "marathon": ["m.b.e", "n.b.e"]},
    }
    found = steps({**OUTLINE, "regions": [*OUTLINE["regions"], mesos]}, {"environment": "e"}, str(tmp_path))
    app = {
        key: value for part in found["Search scheduler of b"]["phase.states"] for key, value in part.items()
    }
    assert (app["nodes"], app["sls"]) == (["m.b.e"], ["elasticsearch-scheduler.app"])
    assert app["require_in"] == [{"phase": "Search tasks"}]
    assert arguments(found["Search tasks"])["function"] == "scheduler.search"
    sinks = {key: value for part in found["Sinks of b"]["phase.states"] for key, value in part.items()}
    assert (sinks["nodes"], sinks["sls"]) == (["e.b.e", "f.b.e"], ["elasticsearch.sink_service"])
    assert {"phase": "Search tasks"} in sinks["require"]
    assert sinks["require_in"] == [{"phase": "Search"}]
    assert "Search tasks" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))
