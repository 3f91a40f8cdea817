"""Options of brokers: set, unset, kept, and what a change of them means."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_scheduler.kafka import spec
from kafka_scheduler.kafka.options import OPTIONS
from kafka_scheduler.kafka.spec import BrokerSpec, modified, parse
from kafka_scheduler.kafka.values import Mount, PortRange, Volume
from meridian.common.errors import MeridianError

ALL = {
    "cpus": "0.5",
    "mem": "4096",
    "heap": "2048",
    "port": "9092..9095",
    "portExternal": "9094",
    "volume": "a:1000:mount,b:2000:mount",
    "bindAddress": "192.168.50.*",
    "syslog": "true",
    "stickinessPeriod": "20m",
    "hostLostPeriod": "5m",
    "dataLostPeriod": "1h",
    "options": "num.io.threads=16,broker.rack=$rack",
    "log4jOptions": "log4j.logger.kafka=DEBUG\\, kafkaAppender",
    "jvmOptions": "-Xms1g -XX:+UseG1GC",
    "constraints": "hostname=unique,rack=like:r.*",
    "failoverDelay": "10s",
    "failoverMaxDelay": "5m",
    "failoverMaxTries": "7",
    "javaCmd": "/opt/jre/bin/java",
    "containerType": "docker",
    "containerImage": "kafka:4",
    "containerMounts": "/data:/data,/etc/x:/etc/x:ro",
}


def test_every_option_is_in_the_table_and_here() -> None:
    assert {one.field for one in OPTIONS} == {one.name for one in fields(BrokerSpec)}
    assert {one.name for one in OPTIONS} == set(ALL)


def test_all_options_are_read() -> None:
    read = parse(ALL)
    assert (read.cpus, read.mem, read.heap) == (0.5, 4096, 2048)
    assert read.port == (PortRange(9092, 9095),)
    assert read.volumes == (Volume("a", 1000, "mount"), Volume("b", 2000, "mount"))
    assert read.syslog is True
    assert (read.stickiness_period, read.host_lost_period) == (1200, 300)
    assert read.log4j_options == {"log4j.logger.kafka": "DEBUG, kafkaAppender"}
    assert (read.failover_delay, read.failover_max_delay, read.failover_max_tries) == (10, 300, 7)
    assert read.container_mounts == (Mount("/data", "/data"), Mount("/etc/x", "/etc/x", True))


def test_what_goes_to_json_comes_back_the_same() -> None:
    for one in (BrokerSpec(), parse(ALL)):
        assert BrokerSpec.from_json(one.to_json()) == one


@given(st.sets(st.sampled_from(sorted(set(ALL) - {"containerImage", "containerMounts", "mem"}))))
def test_any_set_of_options_is_kept(names: set[str]) -> None:
    more = {"mem": ALL["mem"], "containerImage": ALL["containerImage"], "containerType": "mesos"}
    one = parse(more | {name: ALL[name] for name in names})
    assert BrokerSpec.from_json(one.to_json()) == one


def test_an_empty_value_unsets() -> None:
    assert parse(dict.fromkeys(ALL, ""), parse(ALL)) == BrokerSpec()
    assert parse({"failoverMaxTries": ""}, parse(ALL)).failover_max_tries is None


def test_what_is_not_given_stays() -> None:
    changed = parse({"cpus": "2"}, parse(ALL))
    assert changed.cpus == 2
    assert parse({"cpus": ALL["cpus"]}, changed) == parse(ALL)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"cpu": "1"}, "there is no option cpu"),
        ({"cpus": "many"}, "option cpus: 'many' is no number"),
        ({"cpus": "0"}, "option cpus"),
        ({"cpus": "nan"}, "option cpus"),
        ({"mem": "1.5"}, "option mem: '1.5' is no integer"),
        ({"syslog": "maybe"}, "option syslog"),
        ({"heap": "4096"}, "option heap: 4096 MB do not fit into mem 2048 MB"),
        ({"failoverMaxDelay": "1s"}, "option failoverMaxDelay"),
        ({"containerType": "docker"}, "docker needs an image"),
        ({"containerImage": "kafka"}, "option containerType"),
        ({"containerType": "lxc"}, "neither mesos nor docker"),
        ({"options": "node.id=3"}, "option options: node.id is set by the scheduler"),
        ({"options": "log.dirs=/d", "volume": "v:1"}, "exclude each other"),
        ({"volume": "a:1,b:2"}, "several volumes on one root disk"),
        ({"jvmOptions": "-Xms1g\n-x"}, "option jvmOptions: has to be one line"),
    ],
)
def test_what_is_wrong_is_told_with_the_option(given_: dict[str, str], message: str) -> None:
    with pytest.raises(MeridianError, match=message):
        parse(given_)


def test_variables_are_interpolated() -> None:
    one = parse({"options": "log.dirs=/data/$id-${rack},x=$$id,y=$unknown$"})
    assert one.settings({"id": "3", "rack": "r1"}) == {
        "log.dirs": "/data/3-r1",
        "x": "$id",
        "y": "$unknown$",
    }


def test_a_running_broker_needs_a_restart_for_what_it_reads_when_it_starts() -> None:
    launched = BrokerSpec()
    assert modified(launched, parse({"cpus": "2", "options": "a=b"})) == ("cpus", "options")
    at_once = {"failoverDelay": "2s", "failoverMaxTries": "3", "stickinessPeriod": "1m"}
    assert modified(launched, parse(at_once)) == ()
    assert modified(launched, launched) == ()


def test_flags_are_named_as_runbooks_have_them() -> None:
    assert {one.flag for one in spec.OPTIONS} >= {
        "--bind-address",
        "--stickiness-period",
        "--log4j-options",
        "--failover-max-tries",
        "--container-image",
    }
