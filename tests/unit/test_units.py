"""Every service of ours is started again for ever, whatever ended it."""

from pathlib import Path

import pytest
from meridian.cloud import bootstrap
from meridian.common import paths

UNITS = {path.name: path.read_text() for path in sorted((paths.repository() / "salt").glob("**/*.service"))}
# What is written beside a unit, and read after it.
BESIDE = {"meridian-kafka.service": "kafka/files/restart.conf"}
SERVICES = {name: text for name, text in UNITS.items() if "Type=oneshot" not in text} | {
    Path(bootstrap.UNIT_PATH).name: bootstrap.UNIT
}


def test_there_are_units() -> None:
    assert {"meridian-kafka.service", "meridian-connect-supervisor.service"} < set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_comes_back_for_ever_and_not_in_a_hot_loop(name: str) -> None:
    more = (paths.repository() / "salt" / BESIDE[name]).read_text() if name in BESIDE else ""
    lines = [line.partition("=")[::2] for line in f"{SERVICES[name]}\n{more}".splitlines()]
    # The last one counts.
    assert [value for key, value in lines if key == "Restart"][-1:] == ["always"]
    assert [value for key, value in lines if key == "StartLimitIntervalSec"] == ["0"]
    assert all(float(value) >= 1 for key, value in lines if key == "RestartSec")
    assert any(key == "RestartSec" for key, _ in lines)
    assert not {"RestartPreventExitStatus", "SuccessAction", "FailureAction"} & {key for key, _ in lines}
