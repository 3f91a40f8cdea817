"""An API over doubles."""

import pytest

from tests.unit.kafka_scheduler.api.double import Api


@pytest.fixture
def api() -> Api:
    """No brokers, two topics."""
    return Api()


@pytest.fixture
def three(api: Api) -> Api:
    """Three brokers that run, in racks r0, r1, r0."""
    api.post("/api/broker/add?broker=0..2")
    api.post("/api/broker/start?broker=0..2")
    api.service.calls.clear()
    return api
