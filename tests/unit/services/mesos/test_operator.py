"""The client of operators: who answers, who refuses, and what is said when nobody leads."""

import json
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos import health
from meridian.services.mesos.operator import MesosError, OperatorClient, read_credential

from tests.unit.services.mesos.conftest import NODE, OPERATOR, Small


def test_the_cluster_is_seen_as_it_is(small: Small) -> None:
    client = OperatorClient(["http://127.0.0.1:1", small.url], OPERATOR)
    assert client.leader() == small.url
    assert client.health() == {"http://127.0.0.1:1": "connection refused or lost", small.url: "leading"}
    (agent,) = client.agents()
    assert agent["agent_info"]["hostname"] == NODE
    assert client.tasks() == []
    assert client.frameworks() == []


def test_a_wrong_secret_is_told_as_one(small: Small) -> None:
    with pytest.raises(MesosError, match="does not know this principal or its secret"):
        small.client(secret="guessed").agents()


def test_what_mesos_refuses_is_told_in_its_words(small: Small) -> None:
    with pytest.raises(MesosError, match="refused MARK_AGENT_GONE: 404 Agent not found"):
        small.client().mark_gone("nobody")


def test_no_master_at_all_is_told_with_the_reason(small: Small) -> None:
    small.stop("master")
    with pytest.raises(MesosError, match=r"no Mesos master leads \(.*connection refused or lost\)"):
        small.client(patience=0).agents()
    with pytest.raises(MeridianError, match="no Mesos master leads"):
        health.wait_for_leader(small.client(patience=0), 0.2)
    small.start("master")
    assert health.wait_for_leader(small.client(patience=0), 20) == small.url


def test_an_agent_is_waited_for(small: Small) -> None:
    health.wait_for_agent(small.agent_url, ("agent", "s"), None, 20)
    small.stop("master")
    small.stop("agent")
    small.start("agent")
    with pytest.raises(MeridianError, match=r"is not registered with a master|connection refused"):
        health.wait_for_agent(small.agent_url, ("agent", "s"), None, 1)
    small.start("master")
    health.wait_for_agent(small.agent_url, ("agent", "s"), None, 20)


def test_credentials_are_those_that_mesos_takes(small: Small, tmp_path: Path) -> None:
    assert read_credential(small.credentials, "operator") == OPERATOR
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps({"principal": "agent", "secret": "s"}))
    assert read_credential(alone) == ("agent", "s")
    with pytest.raises(MeridianError, match="knows no principal 'nobody'"):
        read_credential(small.credentials, "nobody")
    with pytest.raises(MeridianError, match="No such file"):
        read_credential(tmp_path / "none")
    alone.write_text("operator secret")
    with pytest.raises(MeridianError, match="no credentials of Mesos"):
        read_credential(alone)
