"""The file of the scheduler of Elasticsearch."""

from pathlib import Path

import pytest
from kafka_scheduler.elasticsearch import settings
from meridian.common.errors import MeridianError


def test_the_file_says_scheduler_and_how_the_cluster_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.properties"
    file.write_text(
        "# ours\nmaster=zk://a/mesos\nframework-role=search\nelasticsearch-ca=/ca\nelasticsearch-secret=/s\n",
        encoding="utf-8",
    )
    found = settings.load(file)
    assert (found.scheduler.framework_name, found.scheduler.framework_role) == ("elasticsearch", "search")
    assert found.scheduler.launcher == "/etc/meridian/elasticsearch/node-task"
    assert (found.user, found.secret, found.ca) == ("elastic", Path("/s"), Path("/ca"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("elasticsearch-password=x", r"properties:1: 'elasticsearch-password' is no setting"),
        ("node.heap=1", r"properties:1: 'node.heap' is no setting"),
        ("reconciliation-attempts=99", "--reconciliation-attempts: expected a number from 1 to 30"),
        ("debug=true", "name the Mesos master by --master"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "scheduler.properties"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(MeridianError, match=said):
        settings.load(file)
