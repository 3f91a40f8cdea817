import pytest
from meridian.common.errors import MeridianError
from meridian.operations import regions
from meridian.topology import Region

BOTH = [Region(name, number, ("a",), False, (), {}, "", "") for number, name in enumerate(("east", "west"))]


def test_all_are_finished_before_a_failure_is_told() -> None:
    done = []

    def act(region: Region) -> str:
        if region.name == "east":
            raise MeridianError("broker 1 is down")
        done.append(region.name)
        return region.name

    with pytest.raises(MeridianError, match=r"^cluster east: broker 1 is down$"):
        regions.each(BOTH, act, "cluster")
    assert done == ["west"]
    assert regions.each(BOTH[1:], act, "cluster") == ["west"]


def test_a_roll_is_told_with_its_nodes() -> None:
    done = [{"connect-1": "changed: ca.pem"}, {}, {"connect-9": "changed: jars"}]
    told = regions.rolled(done, "workers restarted")
    assert told["comment"] == "2 workers restarted"
    assert told["changes"] == {"connect-1": "changed: ca.pem", "connect-9": "changed: jars"}
    assert regions.rolled([{}], "workers restarted")["comment"] == "nothing to change"
