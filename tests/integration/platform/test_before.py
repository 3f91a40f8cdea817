"""What happens before anything is deployed: a mistake costs nothing."""

from tests.integration.clone import Clone

WRONG = """
environment:
  extends: local
kafka: {heap_md: 256}
topics: {flights: {replication_factor: 2}}
overrides: {us-eest: {kafka: {heap_mb: 512}}}
"""


def test_a_wrong_pillar_is_refused_with_all_its_mistakes(clone: Clone) -> None:
    (clone.folder / "pillar/environments/wrong.sls").write_text(WRONG, encoding="utf-8")
    outcome = clone.meridian("deploy", "wrong", code=1)
    for told in (
        "pillar/environments/wrong.sls: kafka.heap_md: unknown key; did you mean 'heap_mb'?",
        "topics.flights.replication_factor: expected at least 3",
        "overrides.us-eest: no such region; did you mean 'us-east'?",
    ):
        assert told in outcome.messages
    assert "Traceback" not in outcome.messages
    assert clone.platform == "", "something was made in spite of it"


def test_an_unknown_environment_is_refused(clone: Clone) -> None:
    outcome = clone.meridian("deploy", "locl", code=1)
    assert "did you mean 'local'?" in outcome.messages


def test_status_of_nothing_says_what_to_do(clone: Clone) -> None:
    assert "./meridian deploy" in clone.meridian("status", code=1).messages
