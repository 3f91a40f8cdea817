"""Who may ask, where, and how errors look."""

import base64
import json
from dataclasses import replace

import pytest
from kafka_scheduler.api.route import Route
from kafka_scheduler.api.routes import ROUTES

from tests.unit.kafka_scheduler.api.double import SECRET, WELL, Api


@pytest.mark.parametrize("path", [one.path for one in ROUTES if one.path != "/health"])
def test_nothing_but_health_is_told_without_the_secret(api: Api, path: str) -> None:
    for secret in (None, "wrong", ""):
        status, body, headers = api.raw("POST", path, secret=secret)
        assert status == 401
        assert set(body) == {"error"}
        assert headers["WWW-Authenticate"].startswith("Basic")
    assert api.raw("GET", "/health", secret=None)[0] == 200


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Bearer abc123", "basic  "])
def test_what_is_no_authentication_is_refused(api: Api, header: str) -> None:
    assert api.raw("GET", "/metrics", secret=None, authorization=header)[0] == 401


def test_whether_a_path_is_there_is_not_told_without_the_secret(api: Api) -> None:
    assert api.raw("GET", "/nothing", secret=None)[0] == 401
    assert api.get("/nothing", 404)["error"].startswith("there is no /nothing")


def _reader(api: Api, method: str, target: str) -> tuple[int, str]:
    header = "Basic " + base64.b64encode(b"reader:read123").decode()
    status, body, _ = api.raw(method, target, secret=None, authorization=header)
    return status, body["error"] if status >= 400 else ""


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: one.path)
def test_a_reader_may_get_what_changes_nothing_and_no_more(three: Api, route: Route) -> None:
    before = list(three.service.calls), dict(three.service.views)
    for path in (route.path, *route.old):
        if not route.public:
            assert _reader(three, "POST", path)[0] in (403, 405)
        allowed = (200, 400, 404) if "GET" in route.methods and not route.changes else (403, 405)
        assert _reader(three, "GET", f"{path}?broker=0")[0] in allowed
    assert (three.service.calls, three.service.views) == before


def test_a_reader_sees_brokers_and_is_told_what_it_may_not(three: Api) -> None:
    assert _reader(three, "GET", "/api/broker/list")[0] == 200
    refused = "user reader may only GET, and only what changes nothing"
    for target in ("/api/brokers/stop?id=0", "/api/loglevel?level=debug"):
        assert _reader(three, "GET", target) == (403, refused)
    assert _reader(three, "POST", "/api/broker/list") == (403, refused)
    wrong = "Basic " + base64.b64encode(f"reader:{SECRET}".encode()).decode()
    assert three.raw("GET", "/api/broker/list", secret=None, authorization=wrong)[0] == 401


def test_health_is_503_with_why_unless_it_leads_and_hears_of_mesos(api: Api) -> None:
    assert api.get("/health") == {"status": "ok", "leader": True, "connected": True, "problem": ""}
    api.service.now = replace(WELL, connected=False, problem="master m:5050: wrong secret")
    assert api.get("/health", 503)["problem"] == "master m:5050: wrong secret"
    api.service.now = replace(WELL, leader=False)
    assert api.get("/health", 503)["problem"] == "another instance leads"


def test_one_that_does_not_lead_sends_to_the_one_that_does(api: Api) -> None:
    api.service.now = replace(WELL, leader=False, leader_url="https://other:7000")
    status, _, headers = api.raw("POST", "/api/broker/list?broker=0..2")
    assert (status, headers["Location"]) == (307, "https://other:7000/api/broker/list?broker=0..2")
    api.service.now = replace(WELL, leader=False)
    status, body, headers = api.raw("POST", "/api/broker/list")
    assert (status, headers["Retry-After"]) == (503, "2")
    assert "another instance leads" in body["error"]


def test_what_changes_something_takes_post_only_but_for_the_oldest_paths(api: Api) -> None:
    status, body, headers = api.raw("GET", "/api/broker/add?broker=0")
    assert (status, headers["Allow"]) == (405, "POST")
    assert body == {"error": "/api/broker/add takes POST"}
    assert api.get("/api/brokers/add?id=0&cpus=8&mem=43008")["brokers"][0]["cpus"] == 8
    assert api.raw("GET", "/quitquitquit")[0] == 405


def test_pages_of_other_sites_cannot_ask_by_a_browser_that_knows_the_secret(api: Api) -> None:
    status, body, _ = api.raw("GET", "/api/brokers/add?id=0", sec_fetch_site="cross-site")
    assert status == 403
    assert api.service.views == {}
    assert "refused" in body["error"]


def test_parameters_come_in_the_query_as_a_form_or_as_json(api: Api) -> None:
    api.post("/api/broker/add?broker=0&cpus=2")
    form = "application/x-www-form-urlencoded"
    api.post("/api/broker/add", body="broker=1&options=a%3Db", content_type=form)
    asked = {"broker": "2", "mem": 4096, "syslog": True, "options": {"a": "x,y", "b": 1}}
    api.post("/api/broker/add", body=json.dumps(asked), content_type="application/json; charset=utf-8")
    assert api.service.views[0].spec.cpus == 2
    assert api.service.views[1].spec.options == {"a": "b"}
    assert (api.service.views[2].spec.mem, api.service.views[2].spec.syslog) == (4096, True)
    assert api.service.views[2].spec.options == {"a": "x,y", "b": "1"}


@pytest.mark.parametrize(
    ("target", "body", "kind", "message"),
    [
        ("/api/broker/add", "", "", "parameter broker is missing"),
        ("/api/broker/add?broker=0&cpu=1", "", "", "there is no parameter cpu"),
        ("/api/broker/add?broker=0&broker=1", "", "", "given twice"),
        ("/api/broker/add?broker=0&cpus=x", "", "", "option cpus: 'x' is no number"),
        ("/api/broker/add", "[1]", "application/json", "no JSON object"),
        ("/api/broker/add", "{", "application/json", "the body is no JSON"),
        ("/api/broker/add", '{"broker": [1]}', "application/json", "parameter broker"),
        ("/api/broker/add?broker=x", "", "", "'x' is no broker expression"),
        ("/api/broker/start?broker=*&timeout=soon", "", "", "there is no broker"),
        ("/api/broker/list?broker=0..", "", "", "no broker expression"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_line(
    api: Api, target: str, body: str, kind: str, message: str
) -> None:
    status, answer, _ = api.raw("POST", target, body, content_type=kind)
    assert status in (400, 404)
    assert message in answer["error"]
    assert "\n" not in answer["error"]
    assert api.service.views == {}


def test_a_mistake_of_ours_is_500_and_says_no_more(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.service, "brokers", lambda: 1 / 0)
    assert "log" in api.get("/api/broker/list", 500)["error"]
