"""What is declared as proven for a provider passes; what is not declared does not."""

import time
from pathlib import Path
from typing import Any

import pytest
from meridian.cloud.account import Account
from meridian.cloud.ledger import Ledger
from meridian.cloud.providers.attached import AttachesVolumes

from tests.unit.cloud.conformance.operations import OPERATIONS
from tests.unit.cloud.conformance.recorder import Recorder
from tests.unit.cloud.conformance.subject import Subject
from tests.unit.cloud.conformance.subjects import SUBJECTS

_CASES = [
    pytest.param(subject, operation, id=f"{subject.provider}-{operation.replace(' ', '-')}")
    for subject in SUBJECTS
    for operation in OPERATIONS
]


@pytest.mark.parametrize(("subject", "operation"), _CASES)
def test_operation(subject: Subject, operation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account, recorder = prepared(subject, tmp_path, monkeypatch)
    passes = OPERATIONS[operation]
    if operation in subject.proven:
        passes(subject, account, recorder)
        return
    try:
        passes(subject, account, recorder)
    except (Exception, pytest.fail.Exception):
        return
    pytest.fail(f"{subject.provider}: {operation} passes: declare it as proven in subjects.py")


def prepared(subject: Subject, folder: Path, patch: Any) -> tuple[Account, Recorder]:
    """Return a provider's account over its double, and the recorder of what is sent."""
    recorder = Recorder()
    subject.install(patch, recorder)
    # Recorded answers never change: whoever waits for one to do so would wait for ever.
    waits = iter(range(20))
    patch.setattr(time, "sleep", lambda seconds: next(waits))
    patch.setattr(AttachesVolumes, "wait", staticmethod(lambda seconds: next(waits)))
    patch.setenv("PROOF_KEY", subject.key)
    patch.setenv("PROOF_SECRET", "very-secret-secret")
    patch.setenv("PROOF_CONSUMER", "very-secret-consumer")
    config: dict[str, Any] = {"provider": subject.provider, "key": {"env": "PROOF_KEY"}}
    if subject.secret:
        config["secret"] = {"env": "PROOF_SECRET"}
    config["arguments"] = dict(subject.arguments)
    return Account("proof", config, Ledger(folder / "proof.json")), recorder
