"""``--update-golden`` accepts what is rendered now; look at the difference before committing it."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-golden``."""
    parser.addoption("--update-golden", action="store_true", help="accept what is rendered now")
