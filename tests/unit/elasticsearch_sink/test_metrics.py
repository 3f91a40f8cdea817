import socket
from collections.abc import Iterator

import pytest
import requests
from elasticsearch_sink.metrics import text
from meridian.common.errors import MeridianError
from meridian.services.daemon.metrics import Metrics


@pytest.fixture
def address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def metrics(address: str) -> Iterator[Metrics]:
    made = Metrics(address, text)
    yield made
    made.close()


def test_numbers_are_served_as_prometheus_reads_them(metrics: Metrics, address: str) -> None:
    metrics.facts = {"state": "running", "counters": {"indexed": 12}, "lag_records": 3}
    served = requests.get(f"http://{address}/metrics", timeout=5).text
    assert "meridian_elasticsearch_sink_indexed_total 12\n" in served
    assert "meridian_elasticsearch_sink_lag_records 3\n" in served


def test_health_is_good_only_while_it_works(metrics: Metrics, address: str) -> None:
    assert requests.get(f"http://{address}/health", timeout=5).status_code == 503
    metrics.facts = {"state": "retrying", "problems": ["no node answers"]}
    answer = requests.get(f"http://{address}/health", timeout=5)
    assert (answer.status_code, answer.json()["problems"]) == (503, ["no node answers"])
    metrics.facts = {"state": "running"}
    assert requests.get(f"http://{address}/health", timeout=5).status_code == 200


def test_a_taken_address_is_told(metrics: Metrics, address: str) -> None:
    with pytest.raises(MeridianError, match=f"metrics: cannot listen on {address}"):
        Metrics(address, text)
