from types import SimpleNamespace
from typing import Any

import pytest
from libcloud.compute.base import Node
from meridian.cloud.providers.attached import AttachesVolumes
from meridian.cloud.providers.request import Request, Volume

from tests.doubles.provider import Driver


class Disks(Driver):
    """A provider with volumes.

    :ivar reluctant: how many attaches fail before one works, as right after a create.
    """

    def __init__(self) -> None:
        super().__init__()
        self.volumes: list[Any] = []
        self.reluctant = 0

    def list_volumes(self) -> list[Any]:
        return list(self.volumes)

    def create_volume(self, size: int, name: str, location: Any = None, snapshot: Any = None) -> Any:
        made = SimpleNamespace(id=f"v-{len(self.volumes)}", name=name, size=size, extra={})
        self.volumes.append(made)
        return made

    def attach_volume(self, node: Node, volume: Any, device: str | None = None) -> bool:
        if self.reluctant:
            self.reluctant -= 1
            raise RuntimeError("volume is not available yet")
        volume.extra["droplet_ids"] = [node.id]
        return True

    def detach_volume(self, volume: Any) -> bool:
        volume.extra.clear()
        return True

    def destroy_volume(self, volume: Any) -> bool:
        assert not volume.extra, "is attached"
        self.volumes.remove(volume)
        return True


@pytest.fixture
def driver() -> Disks:
    return Disks()


@pytest.fixture
def adapter(driver: Disks) -> AttachesVolumes:
    made = AttachesVolumes(driver)
    made.wait = lambda seconds: None  # type: ignore[method-assign]
    return made


WANTED = Request("kafka-1.us-east.aws", None, None, volumes=[Volume("data", 100), Volume("log", 10)])


def test_volumes_are_made_once_and_attached(adapter: AttachesVolumes, driver: Disks) -> None:
    node = driver.add("kafka-1.us-east.aws")
    driver.reluctant = 2
    adapter.make_volumes(node, WANTED)
    adapter.make_volumes(node, WANTED)
    found = adapter.volumes_of([node])
    assert found is not None
    assert [(one["name"], one["size_gb"]) for one in found["m-0"]] == [
        ("kafka-1-us-east-aws-v-data", 100),
        ("kafka-1-us-east-aws-v-log", 10),
    ]


def test_volume_that_is_left_from_before_is_attached_with_its_data(
    adapter: AttachesVolumes, driver: Disks
) -> None:
    left = driver.create_volume(100, "kafka-1-us-east-aws-v-data")
    adapter.make_volumes(driver.add("kafka-1.us-east.aws"), WANTED)
    assert left in driver.volumes
    assert len(driver.volumes) == 2


def test_volumes_go_with_their_machine_and_no_others_do(adapter: AttachesVolumes, driver: Disks) -> None:
    node, other = driver.add("kafka-1.us-east.aws"), driver.add("kafka-1.us-east.awsome")
    adapter.make_volumes(node, WANTED)
    adapter.make_volumes(other, WANTED)
    assert adapter.destroy(node) is True
    assert [volume.name for volume in driver.volumes] == [
        "kafka-1-us-east-awsome-v-data",
        "kafka-1-us-east-awsome-v-log",
    ]


def test_long_names_stay_within_the_providers_limit(adapter: AttachesVolumes, driver: Disks) -> None:
    adapter.volume_name_limit = 32
    adapter.make_volumes(driver.add("kafka-1.ap-northeast.production"), WANTED)
    names = [volume.name for volume in driver.volumes]
    assert all(len(name) <= 32 for name in names)
    assert len(set(names)) == 2
