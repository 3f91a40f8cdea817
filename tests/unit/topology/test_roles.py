"""What a role brings to a node."""

import pytest
from meridian.topology import roles


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, True),
        ({"mesos": {"source": None}}, True),
        ({"mesos": {"source": "artifact"}}, True),
        ({"mesos": {"source": "package"}}, False),
        ({"mesos": {"source": "image"}}, False),
    ],
)
@pytest.mark.parametrize("role", ["mesos-master", "mesos-agent", "marathon"])
def test_a_tarball_of_mesos_is_needed_only_where_mesos_comes_as_one(
    settings: dict[str, dict[str, str | None]], wanted: bool, role: str
) -> None:
    found = roles.artifacts(settings, [role])
    assert ("mesos" in found) == wanted
    assert "meridian" in found
    assert ("marathon" in found) == (role == "marathon")
