from types import SimpleNamespace

import pytest
from meridian.cloud.inventory import choose, describe
from meridian.common.errors import MeridianError

OFFERED = [
    SimpleNamespace(id="sha256:2", name="meridian-node:two"),
    SimpleNamespace(id="sha256:1", name="meridian-node:one"),
]


@pytest.mark.parametrize(
    ("wanted", "number"), [("sha256:1", 1), ("meridian-node:one", 1), ("meridian-node", 0)]
)
def test_profile_may_name_id_name_or_name_without_tag(wanted: str, number: int) -> None:
    assert choose("image", wanted, OFFERED) is OFFERED[number]


@pytest.mark.parametrize("wanted", ["", "debian-12", "meridian"])
def test_what_is_not_offered_is_told_with_what_is(wanted: str) -> None:
    with pytest.raises(MeridianError, match=r"image .* not offered .* meridian-node:one, meridian-node:two"):
        choose("image", wanted, OFFERED)


def test_description_is_plain_and_has_no_connection() -> None:
    thing = SimpleNamespace(
        name="n", driver=object(), _uuid="x", state="running", size=SimpleNamespace(name="small"), image=None
    )
    assert describe(thing) == {"name": "n", "state": "RUNNING", "size": "small", "image": None}
