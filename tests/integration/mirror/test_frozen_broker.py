"""A broker that keeps its connections and answers nothing: who asks is told in time all the same."""

import signal

from meridian.common.together import LateError, together
from meridian.services.archive import status as archive_status
from meridian.services.archive.segment import matcher
from meridian.services.archive.settings import KafkaAccess
from meridian.services.kafka import client, cluster, topics
from meridian.services.mirror import lag
from meridian.services.mirror.flow import FlowSpec

from tests.integration.kafka.conftest import Lab

# Longer than all of them may take on a busy machine, and shorter than any of Kafka's own timeouts in a row.
_SECONDS = 30.0


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
        found = together(
            {
                "brokers": lambda: cluster.describe(client.admin(lab.bootstrap, tls), _SECONDS / 2),
                "flow": lambda: lag.measure(flow, [], tls),
                "archive": lambda: archive_status.lag(access, matcher(["frozen"], [])),
            },
            _SECONDS,
        )
        # Partitions that it leads cannot be asked for before it is fenced; that is said, and in time.
        assert [name for name, answer in found.items() if isinstance(answer, LateError)] == []
        assert set(found["brokers"].brokers) >= {1, 3}
    finally:
        frozen.signal(signal.SIGCONT)
        lab.healthy()
