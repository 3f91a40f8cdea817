"""A broker that keeps its connections and answers nothing: who asks is told in time all the same."""

import signal
import time

from meridian.services.archive import status as archive_status
from meridian.services.archive.segment import matcher
from meridian.services.archive.settings import KafkaAccess
from meridian.services.kafka import client, cluster, topics
from meridian.services.mirror import lag
from meridian.services.mirror.flow import FlowSpec

from tests.integration.kafka.conftest import Lab

_SECONDS = 8.0


def test_lag_and_brokers_are_told_in_time_while_a_broker_is_frozen(lab: Lab) -> None:
    lab.healthy()
    todo = topics.plan_now(lab.admin, topics.wanted("frozen", 6))
    topics.apply(lab.admin, todo, lambda *_: None)
    ends = (lab.bootstrap, lab.bootstrap)
    flow = FlowSpec("flow", "us-east", "central", *ends, {"topics": ["frozen"], "filter": None})
    tls = lab.tls
    access = KafkaAccess(lab.bootstrap, str(tls.ca), str(tls.certificate), str(tls.key))
    frozen = lab.machines[2]
    frozen.signal(signal.SIGSTOP)
    try:
        for ask in (
            lambda: cluster.describe(client.admin(lab.bootstrap, tls), _SECONDS - 1),
            lambda: lag.measure(flow, [], tls),
            lambda: archive_status.lag(access, matcher(["frozen"], [])),
        ):
            began = time.monotonic()
            try:
                ask()
            except Exception as error:
                # Partitions that it leads cannot be asked for before it is fenced; that is said.
                assert str(error), error
            assert time.monotonic() - began < _SECONDS
    finally:
        frozen.signal(signal.SIGCONT)
        lab.healthy()
