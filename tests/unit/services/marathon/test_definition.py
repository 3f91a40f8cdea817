"""A definition and what Marathon makes of it mean the same."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.marathon.apps import plan
from meridian.services.marathon.client import MarathonClient
from meridian.services.marathon.comparison import differences
from meridian.services.marathon.definition import absolute, canonical, declared

Json = dict[str, Any]
DECLARED: dict[str, Json] = {
    "only a command": {"cmd": "sleep 1"},
    "numbers and truths as YAML has them": {"cmd": "x", "env": {"N": 5, "ON": True, "NONE": None}, "mem": 64},
    "checks of all kinds": {
        "cmd": "x",
        "healthChecks": [
            {"protocol": "HTTP", "path": "/health"},
            {"protocol": "COMMAND", "command": {"value": "true"}},
            {"protocol": "MESOS_TCP", "port": 9092},
            {"path": "/", "portIndex": 0, "intervalSeconds": 5},
        ],
    },
    "checks with keys that Marathon takes no notice of": {
        "cmd": "x",
        "healthChecks": [
            {"protocol": "HTTP", "delaySeconds": 1, "ignoreHttp1xx": True},
            {"protocol": "TCP", "ipProtocol": "IPv6"},
            {"protocol": "COMMAND", "command": {"value": "true"}, "portIndex": 0},
        ],
    },
    "checks beside ports": {
        "cmd": "x",
        "portDefinitions": [{"name": "http"}, {"port": 8080}],
        "healthChecks": [{"protocol": "TCP"}],
    },
    "ports that must be": {"cmd": "x", "requirePorts": True, "portDefinitions": [{"port": 9000}]},
    "no ports": {"cmd": "x", "portDefinitions": []},
    "artifacts": {"cmd": "x", "fetch": [{"uri": "https://a/b.tgz"}, {"uri": "file:///c", "extract": False}]},
    "places": {"cmd": "x", "constraints": [["hostname", "UNIQUE"], ["zone", "GROUP_BY", 3]], "instances": 3},
    "a Docker image": {
        "container": {
            "type": "DOCKER",
            "docker": {"image": "shop/web:1.4", "forcePullImage": True},
            "portMappings": [{"containerPort": 80, "name": "http"}],
            "volumes": [{"containerPath": "/data", "hostPath": "/srv", "mode": "RO"}],
        },
        "networks": [{"mode": "container/bridge"}],
    },
    "what is said to be empty": {
        "cmd": "x",
        "env": {},
        "constraints": [],
        "container": {"type": "MESOS", "volumes": []},
        "networks": [{"mode": "host", "labels": {}}],
        "portDefinitions": [{"port": 0, "labels": {}}],
    },
    "a Docker image on the host's network": {"container": {"docker": {"image": "shop/web:1.4"}}},
    "arguments": {"args": ["/bin/serve", "-v"], "user": "web", "taskKillGracePeriodSeconds": 30},
    "an upgrade": {"cmd": "x", "upgradeStrategy": {"minimumHealthCapacity": 0.5}},
    "unreachable tasks": {"cmd": "x", "unreachableStrategy": "disabled", "killSelection": "OLDEST_FIRST"},
    "labels and back-off": {"cmd": "x", "labels": {"team": "shop"}, "backoffSeconds": 5, "backoffFactor": 2},
}


@pytest.mark.parametrize("app", DECLARED.values(), ids=DECLARED.keys())
def test_what_marathon_has_made_of_it_is_no_change(client: MarathonClient, app: Json) -> None:
    wanted = declared(app, "/shop/web")
    client.put_app("/shop/web", wanted)
    there = client.app("/shop/web")
    assert there is not None
    assert differences(wanted, there) == {}
    # Nor does giving it again change anything.
    assert client.put_app("/shop/web", wanted, force=True) == ""


def test_checks_ask_the_first_port_where_none_is_said() -> None:
    checks = [{"path": "/"}, {"protocol": "MESOS_TCP", "port": 80}, {"protocol": "COMMAND", "command": {}}]
    found = declared({"cmd": "x", "healthChecks": checks}, "/web")["healthChecks"]
    assert [one.get("portIndex") for one in found] == [0, None, None]
    assert "portIndex" not in checks[0]


def test_what_is_taken_out_of_a_declaration_goes_back_to_the_default() -> None:
    there = {"cmd": "x", "mem": 512, "env": {"A": "1", "B": "2"}, "constraints": [["hostname", "UNIQUE"]]}
    assert differences({"cmd": "x", "env": {"A": "1"}}, there) == {
        "mem": {"old": 512, "new": 128},
        "env.B": {"old": "2"},
        "constraints": {"old": [["hostname", "UNIQUE"]], "new": []},
    }


def test_ports_that_are_not_declared_are_marathons_choice() -> None:
    there = {"cmd": "x", "portDefinitions": [{"port": 10003, "name": "default"}]}
    assert differences(declared({"cmd": "x"}, "/web"), there) == {}


def test_an_app_that_was_scaled_by_hand_stays_so_where_nothing_is_declared(client: MarathonClient) -> None:
    client.put_app("/web", {"cmd": "x", "instances": 3})
    assert plan(client, "/web", {"cmd": "x"}, {}.get).changes == {}
    assert plan(client, "/web", {"cmd": "y"}, {}.get).definition["instances"] == 3


def test_a_port_that_is_declared_is_a_change() -> None:
    there = {"cmd": "x", "portDefinitions": [{"port": 10003}]}
    app = declared({"cmd": "x", "portDefinitions": [{"port": 9000}]}, "/web")
    assert differences(app, there)["portDefinitions"]["new"][0]["port"] == 9000


def test_a_new_app_shows_what_was_declared_only() -> None:
    assert differences({"cmd": "x", "env": {"A": "1"}}, None) == {"cmd": {"new": "x"}, "env.A": {"new": "1"}}


def test_what_marathon_chooses_is_compared_where_it_is_declared() -> None:
    there = {"cmd": "x", "role": "dev", "acceptedResourceRoles": ["*"], "unreachableStrategy": "disabled"}
    assert differences({"cmd": "x"}, there) == {}
    assert differences({"cmd": "x", "role": "prod"}, there) == {"role": {"old": "dev", "new": "prod"}}


def test_apps_with_volumes_of_their_own_are_upgraded_in_place() -> None:
    app = {"cmd": "x", "container": {"type": "MESOS", "volumes": [{"persistent": {"size": 10}}]}}
    assert canonical(app)["upgradeStrategy"] == {"minimumHealthCapacity": 0.5, "maximumOverCapacity": 0}


@pytest.mark.parametrize(
    ("app", "told"),
    [
        ({"cmd": "x", "uris": ["http://a"]}, "app /web: uris is Marathon's old way; say fetch"),
        ({"cmd": "x", "container": {"docker": {"image": "i", "network": "BRIDGE"}}}, "container/bridge"),
        ({"cmd": "x", "args": ["y"]}, "cmd and args exclude each other"),
        ({"cpus": 1}, "nothing to run; say cmd, args or container"),
        ({"cmd": "x", "dependencies": ["db"]}, "dependency db must be absolute"),
        ({"cmd": "x", "id": "/other"}, "its definition has another id, /other"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(app: Json, told: str) -> None:
    with pytest.raises(MeridianError, match=told):
        declared(app, "/web")


def test_ids() -> None:
    assert absolute("web", "/shop") == "/shop/web"
    assert absolute("/shop/web.1") == "/shop/web.1"
    for wrong in ("/Shop", "/shop/", "/shop/-x", "/"):
        with pytest.raises(MeridianError, match="not an id that Marathon takes"):
            absolute(wrong)
