import logging
import os
import signal
from collections.abc import Iterator

import pytest
from confluent_kafka import KafkaError, KafkaException
from meridian.common.errors import MeridianError
from meridian.services.daemon import command


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put back whoever took the signals before."""
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MeridianError("a.json: No such file"), "archiver: a.json: No such file\n"),
        (KafkaException(KafkaError(KafkaError._TRANSPORT, "refused")), "archiver: Kafka: refused\n"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: Exception, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> int:
        raise error

    assert command.run("archiver", act) == 1
    assert capsys.readouterr().err == line


def test_the_signals_of_systemd_and_of_people_stop_it(
    handlers: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for number in (signal.SIGTERM, signal.SIGINT):
        stop = command.stop_event(logging.getLogger("service"), "storing what is held")
        os.kill(os.getpid(), number)
        assert stop.wait(5)
    assert caplog.messages == ["SIGTERM: storing what is held", "SIGINT: storing what is held"]
