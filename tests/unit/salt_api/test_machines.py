"""One provider's machines: made once, gone with their keys when they cannot be, and never somebody else's."""

from pathlib import Path
from typing import Any

import pytest
from meridian.cloud.errors import Unavailable
from meridian.cloud.lifecycle.retry import RetryPolicy
from meridian.common.errors import MeridianError
from meridian.salt_api import machines
from meridian.salt_api.answers import _speaker

QUICK = RetryPolicy(first=0.001, longest=0.002, deadline=0.2)
TAGS = {"meridian-platform": "meridian", "meridian-environment": "local"}


class Cloud:
    """Salt-cloud's part: accepts the key first, then fails as often as it is told to."""

    def __init__(self, keys: Path, failures: int, problem: Exception) -> None:
        self.keys = keys
        self.failures = failures
        self.problem = problem
        self.made: dict[str, dict[str, Any]] = {}
        self.lost_removals = 0
        self.down = False

    def create(self, settings: dict[str, Any]) -> dict[str, Any]:
        name = settings["name"]
        (self.keys / name).write_text("key")
        self.made[name] = {"id": f"i-{name}", "state": "RUNNING", "tags": TAGS}
        if self.failures:
            self.failures -= 1
            raise self.problem
        return {"name": name}


class ProviderClient(machines.ProviderClient):
    """A site without Salt: machines are names in a list."""

    def __init__(self, folder: Path, failures: int = 0, problem: Exception | None = None) -> None:
        (folder / "minions").mkdir()
        self.opts = {"pki_dir": str(folder)}
        self.provider, self.environment, self.retry_policy = "aws", "local", QUICK
        default = RuntimeError("no space left on device\nsecond line")
        self.fake = Cloud(folder / "minions", failures, problem or default)

    def make(self, settings: dict[str, Any]) -> Any:
        return self.fake.create(settings)

    def call(self, function: str, *arguments: Any, **kwargs: Any) -> Any:
        if self.fake.down:
            raise Unavailable("no route")
        if function == "list_nodes_full":
            return dict(self.fake.made)
        assert function == "destroy"
        del self.fake.made[arguments[0]]
        if self.fake.lost_removals:
            self.fake.lost_removals -= 1
            raise Unavailable("answer lost")
        return True


def test_second_attempt_may_succeed(tmp_path: Path) -> None:
    site = ProviderClient(tmp_path, failures=1)
    site.create({"name": "a.local"})
    assert list(site.fake.made) == ["a.local"]
    assert machines.accepted_keys(site.opts, ".local") == {"a.local"}


def test_machine_that_cannot_be_made_is_gone_with_its_key(tmp_path: Path) -> None:
    site = ProviderClient(tmp_path, failures=2)
    with pytest.raises(MeridianError, match=r"^no space left on device$"):
        site.create({"name": "a.local"})
    assert site.fake.made == {}
    assert machines.accepted_keys(site.opts, ".local") == set()


def test_machine_that_is_found_again_keeps_its_key(tmp_path: Path) -> None:
    site = ProviderClient(tmp_path, failures=1, problem=Unavailable("answer lost"))
    site.create({"name": "a.local", "bootstrap": "userdata"})
    assert list(site.fake.made) == ["a.local"]
    assert machines.accepted_keys(site.opts, ".local") == {"a.local"}


def test_machine_that_may_be_left_keeps_its_key(tmp_path: Path) -> None:
    site = ProviderClient(tmp_path, failures=99, problem=Unavailable("answer lost"))
    (tmp_path / "minions" / "a.local").touch()
    site.fake.down = True
    with pytest.raises(Unavailable):
        site.create({"name": "a.local", "bootstrap": "userdata"})
    assert machines.accepted_keys(site.opts, ".local") == {"a.local"}


def test_removal_whose_answer_was_lost_is_done(tmp_path: Path) -> None:
    site = ProviderClient(tmp_path)
    site.create({"name": "a.local"})
    site.fake.lost_removals = 1
    site.remove("a.local", look=False)
    assert (site.fake.made, machines.accepted_keys(site.opts, ".local")) == ({}, set())


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        ({"id": "i-1", "state": "RUNNING", "tags": {}}, "without our tags, i-1"),
        ({"id": "i-1", "state": "RUNNING", "tags": TAGS, "duplicates": ["i-2"]}, "i-1 at aws and i-2 at aws"),
    ],
)
def test_machine_that_may_be_somebody_elses_is_not_removed(
    tmp_path: Path, seen: dict[str, Any], line: str
) -> None:
    site = ProviderClient(tmp_path)
    site.fake.made["a.local"] = seen
    with pytest.raises(MeridianError, match=line):
        site.remove("a.local")
    assert "a.local" in site.fake.made


def test_keys_of_other_environments_are_not_this_ones(tmp_path: Path) -> None:
    site = ProviderClient(tmp_path)
    for name in ("a.east.local", "a.east.test"):
        (tmp_path / "minions" / name).touch()
    assert machines.accepted_keys(site.opts, ".local") == {"a.east.local"}


@pytest.mark.parametrize("wrong", [0, True, "4"])
def test_wrong_number_of_machines_at_a_time_is_named(wrong: Any) -> None:
    with pytest.raises(MeridianError, match=r"^cloud\.providers\.d/: aws: parallel: "):
        machines._parallel("aws", wrong)


@pytest.mark.parametrize(
    ("tag", "minion"),
    [
        ("salt/minion/kafka-1.east.local/start", "kafka-1.east.local"),
        ("salt/job/20261121120000000000/ret/kafka-1.east.local", "kafka-1.east.local"),
        ("salt/job/20261121120000000000/new", ""),
        ("salt/cloud/kafka-1.east.local/created", ""),
        ("salt/auth", ""),
    ],
)
def test_only_what_a_minion_says_itself_proves_it_alive(tag: str, minion: str) -> None:
    assert _speaker({"tag": tag, "data": {}}) == minion
