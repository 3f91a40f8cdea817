"""Removing one machine, as Salt users call it."""

import pytest
from meridian.operations import node_drain
from meridian.runners import cloud

NODE = "kafka-1.us-east.local-mesos"


@pytest.mark.parametrize(("node", "confirm"), [(NODE, ""), (NODE, "kafka-2.us-east.local-mesos"), ("", "")])
def test_nothing_is_removed_without_its_name(
    monkeypatch: pytest.MonkeyPatch, node: str, confirm: str
) -> None:
    monkeypatch.setattr(node_drain, "remove", None)
    refused = cloud.remove("local-mesos", node, confirm=confirm)
    assert (refused["ok"], refused["changes"]) == (False, {})
    assert refused["comment"] == f"nothing was removed: that needs confirm={node}"
