"""A region's brokers move from systemd to Mesos, on new nodes, while clients go on.

The nodes that held them become the masters: ZooKeeper, Mesos, Marathon, and still the KRaft quorum.
"""

import logging

from tests.integration.clone import Clone
from tests.integration.platform.conftest import REGION, Migrated

log = logging.getLogger(__name__)


def test_a_region_moves_to_mesos_and_nothing_is_lost(platform: Clone, migrated: Migrated) -> None:
    traffic = migrated.traffic
    log.info("sent %d, read %d", len(traffic.sent), len(traffic.read))
    assert (migrated.before, migrated.after) == ({1, 2, 3}, {4, 5, 6})
    assert traffic.failed == []
    assert set(migrated.stored) == traffic.sent
    assert set(migrated.stored.values()) == {1}
    now = platform.status()["clusters"][REGION]
    assert (now["brokers"], now["brokers_up"], now["under_replicated"]) == (3, 3, 0)


def test_a_deployment_after_it_changes_nothing(platform: Clone, migrated: Migrated) -> None:
    again = platform.meridian("deploy", "--json", timeout=300).json
    assert again == {"ok": True, "changes": 0, "failures": []}
