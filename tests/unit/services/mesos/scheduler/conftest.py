"""The shipped pillar, and ways to bend it, as the topology's tests have them."""

from tests.unit.topology.conftest import bent, salt_options, shipped

__all__ = ["bent", "salt_options", "shipped"]
