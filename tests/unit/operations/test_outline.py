"""What a deployment is told of the flows."""

from collections.abc import Callable

from meridian.operations.outline import outline
from meridian.topology import Layers, expand

from tests.unit.topology.conftest import bent, salt_options, shipped

__all__ = ["bent", "salt_options", "shipped"]


def test_connectors_are_looked_after_where_no_flow_ends_any_more(bent: Callable[..., Layers]) -> None:
    """The last flow was taken out of pillar; its connectors are still there."""
    topology = expand(bent("flows: {central: null}"), "local")
    assert topology.flows == ()
    assert outline(topology)["mirror_targets"] == ["central"]
