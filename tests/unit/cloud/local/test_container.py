from meridian.cloud.local.capabilities import NAMES, missing
from meridian.cloud.local.container import Attachment, Machine, create_arguments

MACHINE = Machine(
    name="n.0badcafe",
    hostname="n",
    image="image",
    labels={},
    attachments=(Attachment("management", "10.0.0.5"), Attachment("data", "10.0.1.5", ("n",))),
    memory_mb=512,
    drop=("SYS_RESOURCE",),
)


def test_node_has_the_rights_of_a_machine_without_privileged() -> None:
    host = create_arguments(MACHINE)["HostConfig"]
    assert host["CapAdd"] == ["ALL"]
    assert host["CapDrop"] == ["SYS_RESOURCE"]
    assert host["MaskedPaths"] == host["ReadonlyPaths"] == []
    assert host["CgroupnsMode"] == "private"
    assert not host.get("Privileged")


def test_node_comes_back_with_the_engine_at_its_address() -> None:
    found = create_arguments(MACHINE)
    assert found["HostConfig"]["RestartPolicy"] == {"Name": "always"}
    endpoint = found["NetworkingConfig"]["EndpointsConfig"]["management"]
    assert endpoint["IPAMConfig"]["IPv4Address"] == "10.0.0.5"


def test_memory_limit_leaves_no_swap() -> None:
    host = create_arguments(MACHINE)["HostConfig"]
    assert host["Memory"] == host["MemorySwap"] == 512 * 1024 * 1024


def test_capabilities_that_the_engine_lacks_are_found() -> None:
    assert missing("Name:\tdockerd\nCapBnd:\t000001fffeffffff\n") == ["SYS_RESOURCE"]
    assert missing("CapBnd:\t000001ffffffffff\n") == []
    assert len(NAMES) == 41
