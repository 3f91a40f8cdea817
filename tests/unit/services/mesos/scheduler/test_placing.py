"""A region's brokers are told to the scheduler, started, and waited for."""

from collections.abc import Mapping
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos.scheduler import placing
from meridian.services.mesos.scheduler.services import BROKERS, Service
from meridian.topology.model import Region

from tests.render import rendering


class Known:
    """A scheduler that does at once what it is asked."""

    service: Service = BROKERS

    def __init__(self, reasons: list[str] | None = None) -> None:
        self.asked: list[str] = []
        self._brokers: dict[str, dict[str, Any]] = {}
        self._reasons = reasons or []

    def leader(self) -> str:
        return "https://leader"

    def instances(self) -> list[dict[str, Any]]:
        return list(self._brokers.values())

    def ask(
        self, path: str, parameters: Mapping[str, str] | None = None, seconds: float = 0.0
    ) -> dict[str, Any]:
        given = dict(parameters or {})
        self.asked.append(path)
        for one in given.pop("broker").split(","):
            broker = self._brokers.setdefault(one, {"id": one, "active": False, "state": "stopped"})
            if path.endswith("/start"):
                broker |= {"active": True, "state": "starting" if self._reasons else "running"}
                broker["reasons"] = self._reasons
            else:
                names = {"failoverDelay": "delay", "failoverMaxDelay": "maxDelay"}
                broker |= given | {
                    "failover": {short: given[name] for name, short in names.items()},
                    "stickiness": {"period": given["stickinessPeriod"]},
                }
        return {}


@pytest.fixture(scope="module")
def region() -> Region:
    return rendering.topology("local-mesos").region("us-east")


def test_a_second_run_changes_nothing(region: Region) -> None:
    scheduler = Known()
    first = placing.place(scheduler, region, seconds=5)
    assert len(first) == 6
    asked = list(scheduler.asked)
    assert placing.place(scheduler, region, seconds=5) == []
    assert scheduler.asked == asked


def test_brokers_that_find_no_place_are_told_with_the_reason(region: Region) -> None:
    with pytest.raises(MeridianError, match=r"broker 1 is starting: port 9092 taken on kafka-1"):
        placing.place(Known(["port 9092 taken on kafka-1"]), region, seconds=0)
