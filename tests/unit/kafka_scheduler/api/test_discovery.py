"""What the scheduler answers is what the nodes' proxies are told by."""

import json

from kafka_scheduler.api import plain
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.views import BrokerView
from kafka_scheduler.views import TaskView
from meridian.services.discovery.scheduler import Scheduler

TASK = TaskView("broker-1", "agent", "agent-1", "running", ports={"internal": 31000, "external": 31001})


def test_the_daemon_finds_brokers_in_it() -> None:
    views = (
        BrokerView(1, BrokerSpec(), True, "running", task=TASK),
        BrokerView(2, BrokerSpec(), True, "starting"),
    )
    answer = json.loads(json.dumps(plain.brokers(views)))
    assert list(Scheduler.places(answer, ["internal", "external"])) == [
        ("internal", "agent-1", 31000),
        ("external", "agent-1", 31001),
    ]
