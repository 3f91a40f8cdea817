"""Which changes restart a broker, and which do not."""

from meridian.services.kafka import changes

STARTED = changes.parse("# Written by Salt.\n\nnode.id=1\nlog.retention.ms=1000\nlisteners=A://x:1,B://y:2\n")


def test_properties_are_read_as_the_formula_writes_them() -> None:
    assert STARTED == {"node.id": "1", "log.retention.ms": "1000", "listeners": "A://x:1,B://y:2"}


def test_nothing_changed_asks_for_nothing() -> None:
    found = changes.compare(STARTED, STARTED)
    assert (found.restart, found.dynamic) == ((), {})


def test_a_dynamic_setting_changes_without_a_restart() -> None:
    found = changes.compare(STARTED, STARTED | {"log.retention.ms": "2000", "num.io.threads": "4"})
    assert found.restart == ()
    assert found.dynamic == {"log.retention.ms": "2000", "num.io.threads": "4"}


def test_other_settings_need_a_restart_and_say_which() -> None:
    found = changes.compare(STARTED, STARTED | {"listeners": "A://x:9"})
    assert found.restart == ("CONFIG listeners",)


def test_another_way_to_write_a_value_neither_restarts_a_broker_nor_sets_anything() -> None:
    started = STARTED | {
        "log.cleaner.io.max.bytes.per.second": "102400000",
        "unclean.leader.election.enable": "false",
        "log.cleanup.policy": "compact,delete",
        "replica.lag.time.max.ms": "30000",
        "super.users": "User:CN=a,O=b;User:CN=c",
    }
    now = STARTED | {
        "super.users": "User:CN=c;User:CN=a,O=b",
        "replica.lag.time.max.ms": "030000",
        "log.cleanup.policy": "delete, compact",
        "unclean.leader.election.enable": "False",
        "log.cleaner.io.max.bytes.per.second": "1.024E8",
    }
    found = changes.compare(started, now)
    assert (found.restart, found.dynamic) == ((), {})


def test_a_file_with_other_comments_spaces_and_order_is_the_same() -> None:
    text = "# Written by Salt.\nnum.io.threads=8\nbroker.rack=a\n"
    other = "broker.rack = a\n\n#   another comment\n  num.io.threads = 8  \n"
    assert changes.compare(changes.parse(text), changes.parse(other)).restart == ()


def test_what_kafka_writes_in_another_way_is_not_set_again() -> None:
    stated = {"log.cleaner.io.max.bytes.per.second": "102400000", "log.cleaner.min.cleanable.ratio": "1"}
    there = {"log.cleaner.io.max.bytes.per.second": "1.024E8", "log.cleaner.min.cleanable.ratio": "1.0"}
    assert changes.overrides({}, stated, there) == {}


def test_a_setting_that_was_taken_out_needs_a_restart_even_if_it_is_dynamic() -> None:
    now = {key: value for key, value in STARTED.items() if key != "log.retention.ms"}
    found = changes.compare(STARTED, now)
    assert (found.restart, found.dynamic) == (("CONFIG log.retention.ms",), {})


def test_files_have_reasons_of_their_own() -> None:
    then = {"/etc/meridian/pki/ca.pem": "a", "/opt/meridian/kafka/current": "4.3.1-x", "/etc/x.service": "u"}
    now = {"/etc/meridian/pki/ca.pem": "b", "/opt/meridian/kafka/current": "4.3.1-y", "/etc/x.service": "v"}
    assert changes.compare_files(then, then) == ()
    assert changes.compare_files(then, now) == (
        "CERTIFICATE /etc/meridian/pki/ca.pem",
        "LAUNCH /etc/x.service",
        "ARTIFACT /opt/meridian/kafka/current",
    )


def test_what_was_once_set_in_the_cluster_follows_the_files() -> None:
    """A broker that was restarted by chance has read the new file; the old override would win over it."""
    stated = {"log.retention.ms": "3000", "num.io.threads": "8"}
    assert changes.overrides({}, stated, {"log.retention.ms": "2000"}) == {"log.retention.ms": "3000"}
    assert changes.overrides({}, stated, {"log.retention.ms": "3000", "background.threads": "5"}) == {}
    assert changes.overrides({"num.io.threads": "8"}, stated, {}) == {"num.io.threads": "8"}
