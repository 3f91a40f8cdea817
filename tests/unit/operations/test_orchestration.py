"""The steps of a deployment, as Salt renders them."""

from typing import Any

import pytest
import salt.config
import salt.loader
from meridian.common import paths
from meridian.operations import phases
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
    own = {"file_roots": {"base": [str(paths.repository() / "orchestrate")]}, "file_client": "local"}
    opts = {**dict(salt.config.minion_config(None)), "cachedir": folder, "pillar": pillar, **own}

    def runner(function: str, of: str, pillar: dict[str, Any]) -> list[dict[str, Any]]:
        assert function == "platform.phases"
        wanted = (*phases.DEPLOY, *phases.FURTHER.get(of, ()))
        return phases.steps(outline, wanted, pillar["environment"], pillar)

    functions = {"saltutil.runner": runner}
    renderers = salt.loader.render(opts, functions)
    file = paths.repository() / f"orchestrate/platform/{intent}.sls"
    return dict(compile_template(str(file), renderers, "jinja|yaml", None, None))


def arguments(step: dict[str, Any]) -> dict[str, Any]:
    [parts] = step.values()
    return {key: value for part in parts for key, value in part.items()}


def waits_for(step: dict[str, Any], key: str = "require") -> list[str]:
    return [one["phase"] for one in arguments(step).get(key, ())]


def test_a_plan_is_agreed_with_before_anything_is_touched(tmp_path: Any) -> None:
    found = steps(OUTLINE, {"environment": "e", "plan": '/a folder/"plan".json'}, str(tmp_path))
    plan = arguments(found["Plan"])
    assert (plan["function"], plan["environment"]) == ("platform.agree", "e")
    assert plan["plan"] == '/a folder/"plan".json'
    assert waits_for(found["Plan"]) == ["Topology"]
    assert waits_for(found["Preflight"]) == ["Topology", "Plan"]


def test_without_a_plan_there_is_no_such_step(tmp_path: Any) -> None:
    assert "Plan" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))


@pytest.mark.parametrize("intent", ["deploy", "migrate"])
def test_a_wrong_pillar_is_validated_and_nothing_else_is_done(tmp_path: Any, intent: str) -> None:
    found = steps(None, {"environment": "e", "plan": "p"}, str(tmp_path), intent)
    assert set(found) == {"Lock", "Topology"}


def test_machines_of_clouds_are_located_and_get_certificates_before_their_states(tmp_path: Any) -> None:
    found = steps({**OUTLINE, "local": False, "remote": True}, {"environment": "e"}, str(tmp_path))
    assert "Image" not in found
    assert waits_for(found["Addresses"]) == ["Nodes"]
    again = found["Certificates of new machines"]
    assert (arguments(again)["function"], waits_for(again)) == ("pki.ensure", ["Addresses"])
    assert waits_for(found["States of a"]) == ["Nodes", "Certificates of new machines"]


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
    app = arguments(found["Scheduler of b"])
    assert (app["nodes"], app["sls"]) == (["m.b.e"], ["kafka-scheduler.app"])
    assert waits_for(found["Tasks"]) == ["Scheduler of b"]
    assert "Tasks" in waits_for(found["Brokers"])
    assert "Scheduler of a" not in found
    assert "Tasks" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))


def test_a_migration_is_a_deployment_that_moves_partitions_before_brokers_end(tmp_path: Any) -> None:
    found = steps(OUTLINE, {"environment": "e", "region": "a"}, str(tmp_path), "migrate")
    step = arguments(found["Migration"])
    assert (step["function"], step["environment"], step["region"]) == ("kafka.migrate", "e", "a")
    assert waits_for(found["Migration"]) == ["States of a"]
    assert waits_for(found["Migration"], "require_in") == ["Brokers"]
    assert {"Nodes", "Brokers", "Verification"} <= set(found)
    retirement = arguments(found["Retirement"])
    assert (retirement["function"], retirement["region"]) == ("kafka.retire", "a")
    assert waits_for(found["Retirement"]) == ["Brokers"]
    assert waits_for(found["Retirement"], "require_in") == ["Verification"]


def test_elasticsearch_is_rolled_before_anything_is_called_well_where_there_is_any(tmp_path: Any) -> None:
    assert "Search" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))
    region = OUTLINE["regions"][0]
    having = {**region, "roles": {**region["roles"], "elasticsearch": ["e.a.e"]}}
    found = steps({**OUTLINE, "regions": [having]}, {"environment": "e"}, str(tmp_path))
    assert arguments(found["Search"])["function"] == "elasticsearch.roll"
    assert "Search" in waits_for(found["Verification"])


def on_mesos(**more: Any) -> dict[str, Any]:
    roles = {"kafka": ["k.a.e"], "mesos-agent": ["k.a.e"], "marathon": ["m.a.e", "n.a.e"]}
    region = {**OUTLINE["regions"][0], "runtime": "mesos", "roles": roles, **more}
    return {**OUTLINE, "regions": [region]}


def test_agents_are_rolled_before_brokers_are_placed(tmp_path: Any) -> None:
    assert "Agents" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))
    found = steps(on_mesos(), {"environment": "e"}, str(tmp_path))
    step = arguments(found["Agents"])
    assert (step["function"], step["environment"]) == ("mesos.roll", "e")
    assert waits_for(found["Agents"]) == ["States of a"]
    assert "Agents" in waits_for(found["Brokers"])
    assert "Agents" in waits_for(found["Scheduler of a"])


def test_declared_apps_are_deployed_on_one_server_before_anything_is_called_well(tmp_path: Any) -> None:
    assert "Apps of a" not in steps(on_mesos(), {"environment": "e"}, str(tmp_path))
    found = steps(on_mesos(apps=True), {"environment": "e"}, str(tmp_path))
    app = arguments(found["Apps of a"])
    assert (app["nodes"], app["sls"]) == (["m.a.e"], ["marathon.apps"])
    assert waits_for(found["Apps of a"]) == ["Brokers", "Topics of a", "Agents"]
    assert "Apps of a" in waits_for(found["Verification"])


@pytest.mark.parametrize("pillar", [{}, {"node": "k.a.e"}, {"node": "k.a.e", "confirm": "k.b.e"}])
def test_no_node_is_replaced_without_its_name(tmp_path: Any, pillar: dict[str, Any]) -> None:
    found = steps(on_mesos(), {"environment": "e", **pillar}, str(tmp_path), "replace")
    assert list(found) == ["Asked for by name"]


def test_a_node_is_removed_before_missing_ones_are_made(tmp_path: Any) -> None:
    pillar = {"environment": "e", "node": "k.a.e", "confirm": "k.a.e"}
    found = steps(on_mesos(), pillar, str(tmp_path), "replace")
    assert {"Nodes", "Brokers", "Verification"} <= set(found)
    step = arguments(found["Removal"])
    assert (step["function"], step["environment"]) == ("cloud.remove", "e")
    assert (step["node"], step["confirm"], step.get("lost", False)) == ("k.a.e", "k.a.e", False)
    assert waits_for(found["Removal"]) == ["Certificates"]
    assert waits_for(found["Removal"], "require_in") == ["Nodes"]


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
    app = arguments(found["Search scheduler of b"])
    assert (app["nodes"], app["sls"]) == (["m.b.e"], ["elasticsearch-scheduler.app"])
    assert waits_for(found["Search tasks"]) == ["Search scheduler of b"]
    assert arguments(found["Search tasks"])["function"] == "scheduler.search"
    sinks = arguments(found["Sinks of b"])
    assert (sinks["nodes"], sinks["sls"]) == (["e.b.e", "f.b.e"], ["elasticsearch.sink_service"])
    assert "Search tasks" in waits_for(found["Sinks of b"])
    assert "Sinks of b" in waits_for(found["Search"])
    assert "Search tasks" not in steps(OUTLINE, {"environment": "e"}, str(tmp_path))


def test_progress_knows_what_will_come() -> None:
    assert phases.titles(OUTLINE)[:4] == ["lock", "topology", "preflight", "artifacts"]
    assert "scheduler" not in phases.titles(OUTLINE)
    assert "scheduler" in phases.titles(on_mesos())
    assert phases.titles(OUTLINE)[-1] == "verify"


def test_every_step_waits_for_what_is_there() -> None:
    known = {one.name for one in (*phases.DEPLOY, *(one for more in phases.FURTHER.values() for one in more))}
    wanted = {name for one in phases.DEPLOY for name in (*one.after, *one.before)}
    wanted |= {name for more in phases.FURTHER.values() for one in more for name in (*one.after, *one.before)}
    assert wanted <= known
