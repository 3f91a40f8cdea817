"""What brokers that hear of a change one after the other make of a question."""

from collections.abc import Sequence
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource
from meridian.common.errors import MeridianError
from meridian.services.kafka import everywhere, reassignment

_LATE = KafkaError.UNKNOWN_TOPIC_OR_PART
_DOWN = KafkaError._TRANSPORT


class Brokers:
    """Stand for brokers of which each answers with its value of the bound, or with an error's code."""

    def __init__(self, *answers: str | int) -> None:
        self.answers = dict(enumerate(answers, 1))

    def list_topics(self, timeout: float) -> Any:
        brokers = {one: SimpleNamespace(id=one, host="broker", port=one) for one in self.answers}
        return SimpleNamespace(topics={}, brokers=brokers, cluster_id="c")

    def describe_configs(self, resources: Sequence[ConfigResource], broker: int, **_: Any) -> Any:
        told, answer = self.answers[broker], Future[Any]()
        if isinstance(told, int):
            answer.set_exception(KafkaException(KafkaError(told, "no")))
        else:
            answer.set_result({reassignment.THROTTLES[0]: SimpleNamespace(value=told)})
        return dict.fromkeys(resources, answer)


def admin(*answers: str | int) -> AdminClient:
    return cast(AdminClient, Brokers(*answers))


@pytest.mark.parametrize(
    ("answers", "bounded"),
    [(("", "", ""), []), (("", "*", ""), ["t"]), ((_LATE, "", "*"), ["t"]), ((_DOWN, "", _LATE), [])],
)
def test_traffic_is_bounded_as_long_as_any_broker_says_so(
    answers: tuple[str | int, ...], bounded: list[str]
) -> None:
    assert reassignment.bounded(admin(*answers), ["t"]) == bounded


def test_a_topic_is_known_when_no_broker_has_still_to_hear_of_it() -> None:
    assert everywhere.known(admin("", "*"), ["t"])
    assert everywhere.known(admin("", _DOWN), ["t"])
    assert not everywhere.known(admin("", _LATE), ["t"])


def test_brokers_that_are_all_down_are_an_error_and_such_that_are_late_are_not() -> None:
    with pytest.raises(MeridianError, match="settings of topic t"):
        everywhere.settings(admin(_DOWN, _DOWN), ["t"])
    assert everywhere.settings(admin(_DOWN, _LATE), ["t"]) == []
