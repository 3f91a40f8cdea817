"""What has to be there for Kafka's own tools to run."""

from pathlib import Path
from typing import Any, cast

import pytest
from kafka_scheduler.kafka.access import KafkaAccess
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls


def access(bootstrap: str, tls: Tls | None) -> KafkaAccess:
    return KafkaAccess(lambda: bootstrap, cast(Any, None), tls, Path("/none/classpath.args"))


def test_without_brokers_there_is_nothing_to_ask() -> None:
    with pytest.raises(MeridianError, match="no broker runs"):
        access("", None).reassign_tool()


def test_an_identity_without_a_keystore_is_told_before_a_tool_runs(tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match="kafka-keystore is missing"):
        access("h:9092", Tls.of_operator(tmp_path)).configs_tool()


def test_a_tool_that_cannot_run_is_told_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MeridianError, match=r"configs tool: .*java"):
        access("h:9092", None).configs_tool()(["--describe"])
