"""Every service of ours is started again for ever, whatever ended it."""

from pathlib import Path

import pytest
from meridian.cloud import bootstrap
from meridian.common import paths

UNITS = {path.name: path.read_text() for path in sorted((paths.repository() / "salt").glob("**/*.service"))}
SERVICES = {name: text for name, text in UNITS.items() if "Type=oneshot" not in text} | {
    Path(bootstrap.UNIT_PATH).name: bootstrap.UNIT
}


def test_there_are_units() -> None:
    assert {"meridian-kafka.service", "meridian-connect-supervisor.service"} < set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_comes_back_for_ever_and_not_in_a_hot_loop(name: str) -> None:
    lines = [line.partition("=")[::2] for line in SERVICES[name].splitlines()]
    assert [value for key, value in lines if key == "Restart"] == ["always"]
    assert [value for key, value in lines if key == "StartLimitIntervalSec"] == ["0"]
    assert all(float(value) >= 1 for key, value in lines if key == "RestartSec")
    assert any(key == "RestartSec" for key, _ in lines)
    assert not {"RestartPreventExitStatus", "SuccessAction", "FailureAction"} & {key for key, _ in lines}
