"""What --master, --zk and --storage may say."""

from pathlib import Path

import pytest
from kafka_scheduler.mesos.address import Endpoint, endpoints, master_info, resolved, zookeeper
from meridian.common.errors import MeridianError


@pytest.mark.parametrize(
    ("text", "hosts", "path", "user", "secret"),
    [
        ("zk://a,b:2182/mesos", "a:2181,b:2182", "/mesos", "", ""),
        ("zk://u:s%2Fx@a:1/m/", "a:1", "/m", "u", "s/x"),
        ("zk://a", "a:2181", "/", "", ""),
    ],
)
def test_zookeeper(text: str, hosts: str, path: str, user: str, secret: str) -> None:
    found = zookeeper(text)
    assert (found.hosts, found.path, found.user, found.secret) == (hosts, path, user, secret)


def test_neither_a_message_nor_a_log_shows_the_secret() -> None:
    with pytest.raises(MeridianError) as refused:
        zookeeper("zk://u:hidden@a@b/mesos")
    assert "hidden" not in str(refused.value)
    assert "hidden" not in repr(zookeeper("zk://u:hidden@a/mesos"))


def test_masters_by_name() -> None:
    assert endpoints("a,b:5051", False) == (Endpoint("a", 5050), Endpoint("b", 5051))
    assert endpoints("https://a:1", False) == (Endpoint("a", 1, True),)
    with pytest.raises(MeridianError, match="expected host:port"):
        endpoints("ftp://a", False)


def test_an_address_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "zk").write_text("zk://u:s@a/mesos\n", encoding="utf-8")
    assert resolved(f"file://{tmp_path}/zk") == "zk://u:s@a/mesos"
    with pytest.raises(MeridianError, match="No such file"):
        resolved(f"file://{tmp_path}/none")


def test_the_leader_in_zookeeper_by_address_or_by_its_certificates_name() -> None:
    data = b'{"address": {"hostname": "m1.example", "ip": "10.0.0.1", "port": 5050}}'
    assert master_info(data, False) == Endpoint("10.0.0.1", 5050)
    assert master_info(data, True) == Endpoint("m1.example", 5050, True)
