"""An older name works, and says what is to be written."""

import logging

import pytest
from meridian.modules import marathon
from meridian.salt_api.renamed import renamed


def test_it_answers_as_ever_and_names_the_new_one(caplog: pytest.LogCaptureFixture) -> None:
    old = renamed("mirror.strangers", "mirror.unmanaged", lambda count: ["one"] * count)
    with caplog.at_level(logging.WARNING):
        assert old(2) == ["one", "one"]
    assert "mirror.strangers is now called mirror.unmanaged" in caplog.text


def test_it_documents_itself_as_the_new_one() -> None:
    assert marathon.group_strangers.__doc__ == marathon.group_unmanaged.__doc__
