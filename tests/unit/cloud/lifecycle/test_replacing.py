"""A machine is to be replaced only for a reason that is sure."""

from collections.abc import Mapping
from typing import Any

from meridian.cloud.lifecycle.replacing import moved, resized

SIZES = {"m5.large": {"id": "m5.large"}, "Standard 2": {"id": "s-2"}, "Standard 4": {"id": "s-4"}}


def _offered() -> Mapping[str, Mapping[str, Any]]:
    return SIZES


def test_other_size_is_a_reason_and_another_name_of_the_same_is_none() -> None:
    existing = {"a": {"size": "s-2"}, "b": {"size": "s-2"}, "c": {"size": "s-2"}, "d": {"size": ""}}
    wanted = {"a": "Standard 2", "b": "Standard 4", "c": "s-2", "d": "s-4", "absent": "s-4"}
    assert resized(wanted, existing, _offered) == {"b": "size s-2, wanted Standard 4"}


def test_sizes_are_not_asked_for_when_nothing_is_doubtful() -> None:
    def never() -> Mapping[str, Mapping[str, Any]]:
        raise AssertionError

    assert resized({"a": "s-2"}, {"a": {"size": "s-2"}}, never) == {}


def test_region_that_went_to_another_provider() -> None:
    assert moved({"a": {"provider": "ec2"}}, {"a": "gce"}) == {"a": "is at ec2, wanted at gce"}
