from libcloud.compute.providers import DRIVERS
from meridian.cloud.local.driver import PROVIDER as LOCAL
from meridian.cloud.providers.table import ADAPTERS, UNIFORM, WITHOUT

from tests.unit.cloud.conformance.document import PATH, text


def test_documentation_is_current() -> None:
    assert PATH.read_text(encoding="utf-8") == text(), (
        "docs/providers.md is old: .platform/venv/bin/python -m tests.unit.cloud.conformance.document"
    )


def test_every_provider_of_libcloud_is_accounted_for() -> None:
    known = {str(getattr(name, "value", name)) for name in DRIVERS} - {LOCAL}
    assert known == ({*ADAPTERS} | {*UNIFORM} | {*WITHOUT}) - {LOCAL}
