"""A Connect cluster of one worker, in memory, and a flow."""

import pytest
from meridian.services.mirror.flow import FlowSpec, from_pillar

from tests.unit.services.connect.conftest import client, cluster, worker  # noqa: F401

PILLAR = {
    "source": "us-east",
    "target": "central",
    "source_bootstrap": "10.213.17.10:9094",
    "target_bootstrap": "kafka-1.central.test:9092",
    "topics": ["flights", "canary"],
    "naming": "source_prefix",
    "filter": {
        "condition": {"any": [{"field": "dep_delay", "greater": 15}, {"header": "canary", "equals": "pass"}]},
        "on_malformed": "drop",
    },
    "tasks_max": 2,
    "replication_factor": 3,
    "offset_sync": True,
    "heartbeats": True,
    "enabled": True,
    "config": {},
}


@pytest.fixture
def flow() -> FlowSpec:
    """A flow as the pillar of the local environment has it."""
    return from_pillar("us-east-to-central", PILLAR)
