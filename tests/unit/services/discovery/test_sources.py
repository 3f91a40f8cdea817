"""What the scheduler and Marathon answer, to where servers are."""

from typing import Any

import pytest
from meridian.services.discovery import haproxy
from meridian.services.discovery.asked import Asked
from meridian.services.discovery.marathon import Marathon
from meridian.services.discovery.model import DiscoveryError, Endpoint
from meridian.services.discovery.scheduler import Scheduler

HOSTS = {"agent-1": "10.0.0.1", "agent-2": "10.0.0.2"}


def found_by(source: type[Asked], answer: Any, label: str) -> list[Endpoint]:
    """Return where a source that gets this answer finds servers with a label."""

    class Access:
        def get(self, path: str) -> Any:
            return answer

    asked = source(Access(), {label: "backend"}, HOSTS.__getitem__)  # type: ignore[arg-type]
    return list(asked.wanted().get("backend", []))


def task(host: str, state: str = "running", **ports: int) -> dict[str, Any]:
    return {"id": "t", "hostname": host, "state": state, "ports": ports}


BROKERS = {
    "brokers": [
        {"id": 1, "active": True, "task": task("agent-1", internal=31000, external=31001)},
        {"id": 2, "active": True, "task": None},
        {"id": 3, "active": True},
        {"id": 4, "active": True, "task": task("agent-2", "staging", internal=31005, external=31006)},
    ]
}


@pytest.mark.parametrize(
    ("port", "found"),
    [
        ("internal", [Endpoint("10.0.0.1", 31000), Endpoint("10.0.0.2", 31005)]),
        ("external", [Endpoint("10.0.0.1", 31001), Endpoint("10.0.0.2", 31006)]),
        ("other", []),
    ],
)
def test_brokers_are_where_their_tasks_are(port: str, found: list[Endpoint]) -> None:
    assert found_by(Scheduler, BROKERS, port) == found


@pytest.mark.parametrize("answer", [None, [], {}, {"brokers": "none"}, "leader unknown"])
def test_an_answer_that_is_none_is_an_error_and_no_empty_list(answer: Any) -> None:
    with pytest.raises(DiscoveryError, match="without a list of brokers"):
        found_by(Scheduler, answer, "internal")
    with pytest.raises(DiscoveryError, match="without a list of apps"):
        found_by(Marathon, answer, "web")


def app(*tasks: dict[str, Any], **labels: str) -> dict[str, Any]:
    return {"id": "/web", "labels": labels, "tasks": list(tasks)}


def instance(
    host: str, *ports: int, state: str = "TASK_RUNNING", alive: bool | None = None
) -> dict[str, Any]:
    checks = [] if alive is None else [{"alive": alive}]
    return {"host": host, "ports": list(ports), "state": state, "healthCheckResults": checks}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (app(instance("agent-1", 31000), MERIDIAN_PROXY="web"), [31000]),
        (
            app(instance("agent-1", 31000, 31001), MERIDIAN_PROXY="web", MERIDIAN_PROXY_PORT_INDEX="1"),
            [31001],
        ),
        (
            app(
                instance("agent-1", 1, alive=True), instance("agent-2", 2, alive=False), MERIDIAN_PROXY="web"
            ),
            [1],
        ),
        (app(instance("agent-1", 1, state="TASK_STAGING"), MERIDIAN_PROXY="web"), []),
        (app(instance("agent-1", 31000), MERIDIAN_PROXY="another"), []),
        (app(instance("agent-1", 31000)), []),
        (app(instance("agent-1"), MERIDIAN_PROXY="web"), []),
    ],
)
def test_apps_are_found_by_their_label(given: dict[str, Any], found: list[int]) -> None:
    answer = {"apps": [given, app(instance("agent-2", 9))]}
    assert [place.port for place in found_by(Marathon, answer, "web")] == found


def test_a_label_that_is_no_index_is_told_with_the_app() -> None:
    wrong = app(instance("agent-1", 1), MERIDIAN_PROXY="web", MERIDIAN_PROXY_PORT_INDEX="http")
    with pytest.raises(DiscoveryError, match=r"Marathon app /web: label MERIDIAN_PROXY_PORT_INDEX is 'http'"):
        found_by(Marathon, {"apps": [wrong]}, "web")


# As HAProxy 2.6 writes it.
STATE = """\
1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight \
srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state \
srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port \
srv_check_addr srv_agent_addr srv_agent_port
5 kafka 1 broker1 10.0.0.1 2 4 1 1 7 6 3 4 6 0 0 0 unknown.invalid 31000 - 0 0 - - 0
5 kafka 2 broker2 10.0.0.2 0 4 1 1 7 8 2 0 6 0 0 0 unknown.invalid 31001 - 0 0 - - 0
5 kafka 3 broker3 - 0 5 1 1 7 1 0 0 14 0 0 0 unknown.invalid 9092 - 0 0 - - 0
"""


def test_the_proxy_tells_its_servers() -> None:
    first, second, third = haproxy.parse(STATE)
    assert (first.endpoint, first.ready, first.up) == (Endpoint("10.0.0.1", 31000), True, True)
    assert (second.endpoint, second.ready, second.up) == (Endpoint("10.0.0.2", 31001), True, False)
    assert (third.endpoint, third.ready, third.up) == (None, False, False)


@pytest.mark.parametrize("text", ["", "Permission denied", "1\n# be_name srv_name\nkafka broker1\n"])
def test_another_answer_of_the_proxy_is_an_error(text: str) -> None:
    with pytest.raises(DiscoveryError, match="the proxy"):
        haproxy.parse(text)
