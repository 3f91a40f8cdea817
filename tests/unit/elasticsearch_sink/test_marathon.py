"""The app for Marathon runs what the artifact brings."""

import json

import yaml
from elasticsearch_sink.settings import SinkSettings
from meridian.common import paths

APP = paths.repository() / "apps" / "elasticsearch-sink" / "marathon.json"


def test_it_runs_the_same_program_as_the_unit() -> None:
    app = json.loads(APP.read_text())
    recipe = yaml.safe_load((paths.repository() / "salt/elasticsearch/artifact.yaml").read_text())
    program = recipe["elasticsearch-sink"]["sources"][0]["place"] + "/bin/elasticsearch-sink"
    assert "bin/elasticsearch-sink" in recipe["elasticsearch-sink"]["sources"][0]["scripts"]
    assert app["cmd"] == f"exec {program} run"
    check = app["healthChecks"][0]
    assert (check["path"], f"127.0.0.1:{check['port']}") == ("/health", SinkSettings.metrics)
    # Elasticsearch that is away is no reason to start the sink anew.
    assert check["maxConsecutiveFailures"] == 0
    # Two on one machine would have one name in the group.
    assert app["constraints"] == [["hostname", "UNIQUE"]]
