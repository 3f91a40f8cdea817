import pytest
import requests
import requests_mock
from meridian.common import rest
from meridian.services.elasticsearch.access import ElasticAccess
from meridian.services.elasticsearch.client import ElasticClient, ElasticError

ONE, TWO = "https://one:9200", "https://two:9200"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> ElasticClient:
    monkeypatch.setattr(rest, "_PAUSE", 0.01)
    return ElasticClient(ElasticAccess((ONE, TWO), keys=("sink", "secret")), patience=5)


def test_a_node_that_is_down_is_passed_over_and_asked_last_from_then_on(
    client: ElasticClient, requests_mock: requests_mock.Mocker
) -> None:
    down = requests_mock.get(f"{ONE}/_cluster/health", exc=requests.ConnectionError)
    requests_mock.get(f"{TWO}/_cluster/health", json={"status": "green"})
    for _ in range(3):
        assert client.health()["status"] == "green"
    assert down.call_count == 1


def test_when_nobody_answers_each_node_is_named_with_its_reason(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{ONE}/_cluster/health", exc=requests.ConnectTimeout)
    requests_mock.get(f"{TWO}/_cluster/health", exc=requests.exceptions.SSLError)
    with pytest.raises(ElasticError, match=r"one:9200: timed out; https://two:9200: TLS failed") as told:
        ElasticClient(ElasticAccess((ONE, TWO)), patience=0).health()
    assert told.value.passing


def test_an_overloaded_node_is_asked_again(
    client: ElasticClient, requests_mock: requests_mock.Mocker
) -> None:
    busy = {"status_code": 429, "json": {"error": {"type": "es_rejected", "reason": "full"}}}
    requests_mock.get(f"{ONE}/_cluster/health", [busy, busy, {"json": {"status": "green"}}])
    assert client.health()["status"] == "green"


def test_a_refusal_is_told_at_once_in_elasticsearchs_own_words(
    client: ElasticClient, requests_mock: requests_mock.Mocker
) -> None:
    error = {"type": "security_exception", "reason": "action is\nunauthorized"}
    asked = requests_mock.delete(f"{ONE}/x", status_code=403, json={"error": error})
    with pytest.raises(ElasticError, match="403 action is unauthorized") as told:
        client.call("DELETE", "/x")
    assert (told.value.status, told.value.kind, asked.call_count) == (403, "security_exception", 1)


def test_a_wrong_password_names_the_user_and_shows_no_password(
    client: ElasticClient, requests_mock: requests_mock.Mocker
) -> None:
    requests_mock.get(f"{ONE}/_cluster/health", status_code=401)
    with pytest.raises(ElasticError, match=r"refuses user sink \(401\)") as told:
        client.health()
    assert "secret" not in str(told.value)


def test_what_is_not_there_is_none(client: ElasticClient, requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{ONE}/_index_template/x", status_code=404, json={"error": {"reason": "no such"}})
    assert client.get("/_index_template/x") is None


def test_a_bulk_request_is_sent_once_and_answered_item_by_item(
    client: ElasticClient, requests_mock: requests_mock.Mocker
) -> None:
    items = [{"create": {"status": 201}}, {"create": {"status": 400, "error": {"type": "t"}}}]
    requests_mock.post(f"{ONE}/_bulk", json={"errors": True, "items": items})
    assert client.bulk(b"{}\n") == [{"status": 201}, {"status": 400, "error": {"type": "t"}}]
    requests_mock.post(f"{ONE}/_bulk", status_code=503)
    with pytest.raises(ElasticError, match="503"):
        client.bulk(b"{}\n")


def test_modules_are_those_that_every_node_has(
    client: ElasticClient, requests_mock: requests_mock.Mocker
) -> None:
    nodes = {
        "a": {"modules": [{"name": "x"}, {"name": "repository-s3"}], "plugins": [{"name": "p"}]},
        "b": {"modules": [{"name": "x"}], "plugins": [{"name": "p"}]},
    }
    requests_mock.get(f"{ONE}/_nodes/plugins", json={"nodes": nodes})
    assert client.modules() == {"x", "p"}
