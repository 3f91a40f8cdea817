import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meridian.cloud import tags

TAGS = {tags.PLATFORM: tags.OURS, tags.ENVIRONMENT: "aws", tags.REGION: "us-east", tags.ROLE: "kafka+connect"}
VALUES = st.dictionaries(st.sampled_from(sorted(TAGS)), st.text("abz09_+.-", min_size=1), min_size=1)


@given(VALUES)
def test_labels_fit_the_strictest_provider_and_come_back(given: dict[str, str]) -> None:
    labels = tags.to_labels(given)
    assert all(re.fullmatch(r"[a-z0-9_-]+", value) for value in labels.values())
    assert tags.from_labels(labels) == given


@given(VALUES)
def test_words_fit_and_come_back(given: dict[str, str]) -> None:
    words = tags.to_words(given)
    assert all(re.fullmatch(r"[a-z0-9_:-]+", word) for word in words)
    assert tags.from_words(words) == given


def test_several_roles_are_several_words() -> None:
    assert "meridian-role:kafka" in tags.to_words(TAGS)
    assert "meridian-role:connect" in tags.to_words(TAGS)


@pytest.mark.parametrize(
    ("held", "environment", "ours"),
    [
        (TAGS, "", True),
        (TAGS, "aws", True),
        (TAGS, "other", False),
        ({}, "", False),
        ({"Name": "x"}, "", False),
    ],
)
def test_only_what_carries_our_tags_is_ours(held: dict[str, str], environment: str, ours: bool) -> None:
    assert tags.is_ours(held, environment) is ours
