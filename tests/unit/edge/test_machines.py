"""What becomes of a machine that cannot be made: tried again, then gone with its key, and named."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from meridian.edge import machines
from meridian.edge.answers import _speaker
from meridian.errors import MeridianError


class Cloud:
    """Salt-cloud's part: accepts the key first, then fails as often as it is told to."""

    def __init__(self, keys: Path, failures: int) -> None:
        self.keys = keys
        self.failures = failures
        self.made: list[str] = []

    def create(self, settings: dict[str, Any]) -> dict[str, Any]:
        name = settings["name"]
        (self.keys / name).write_text("key")
        self.made.append(name)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("no space left on device\nsecond line")
        return {"name": name}


class Site(machines.Site):
    """A site without Salt: machines are names in a list."""

    def __init__(self, folder: Path, failures: int = 0) -> None:
        (folder / "minions").mkdir()
        self.opts = {"pki_dir": str(folder)}
        self.fake = Cloud(folder / "minions", failures)
        self.cloud: Any = self.fake

    def listed(self) -> dict[str, dict[str, Any]]:
        return {name: {} for name in self.fake.made}

    def call(self, function: str, *arguments: Any, **kwargs: Any) -> Any:
        assert function == "destroy"
        self.fake.made.remove(arguments[0])


def test_second_attempt_may_succeed(tmp_path: Path) -> None:
    site = Site(tmp_path, failures=1)
    site.create({"name": "a.local"})
    assert site.fake.made == ["a.local"]
    assert machines.accepted_keys(site.opts, ".local") == {"a.local"}


def test_machine_that_cannot_be_made_is_gone_with_its_key(tmp_path: Path) -> None:
    site = Site(tmp_path, failures=2)
    with pytest.raises(MeridianError, match=r"^no space left on device$"):
        site.create({"name": "a.local"})
    assert site.fake.made == []
    assert machines.accepted_keys(site.opts, ".local") == set()


def test_failures_of_parallel_work_are_told_by_name_and_the_rest_goes_on(tmp_path: Path) -> None:
    # Each worker has its own copy of the count, and one of them may be given all the work.
    site = Site(tmp_path, failures=4)
    told: dict[str, str] = {}
    work = {name: {"name": name} for name in ("a.local", "b.local")}
    failed = machines.in_parallel(site, work, "create", 2, told.__setitem__)
    assert failed == told == dict.fromkeys(work, "no space left on device")


def test_nothing_to_do_starts_no_process(tmp_path: Path) -> None:
    assert machines.in_parallel(Site(tmp_path), {}, "create", 4) == {}


def test_keys_of_other_environments_are_not_this_ones(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for name in ("a.east.local", "a.east.test"):
        (tmp_path / "minions" / name).touch()
    assert machines.accepted_keys(site.opts, ".local") == {"a.east.local"}


def test_worker_ends_with_the_run_that_it_works_for() -> None:
    reading, writing = os.pipe()
    run = os.fork()
    if run == 0:
        worker = os.fork()
        if worker == 0:
            machines._die_with(os.getppid())
            os.write(writing, b"%d\n" % os.getpid())
            time.sleep(60)
        time.sleep(60)
        os._exit(0)
    worker = int(os.read(reading, 20))
    os.kill(run, 9)
    os.waitpid(run, 0)
    deadline = time.monotonic() + 10
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(worker)


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


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
