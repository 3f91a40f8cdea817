"""One machine of a name, however often it is asked for, and never somebody else's."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.types import NodeState
from meridian.cloud import create, errors, tags
from meridian.cloud.account import Account
from meridian.cloud.ledger import Ledger
from meridian.cloud.providers.base import Adapter
from meridian.common.errors import MeridianError

from tests.doubles.provider import Driver, Memory, Tagless

NAME = "kafka-1.us-east.aws"
TAGS = {tags.PLATFORM: tags.OURS, tags.ENVIRONMENT: "aws", tags.REGION: "us-east", tags.ROLE: "kafka"}
ORDER = create.MachineSpec(NAME, "small", "debian-12", tags=TAGS)


def account_of(folder: Path, kind: type[Adapter], driver: Driver) -> Account:
    found = Account("memory", {"provider": "dummy"}, Ledger(folder / "memory.json"))
    found.kind = kind
    found._adapters[""] = kind(driver)
    return found


@pytest.fixture
def driver() -> Driver:
    return Driver()


@pytest.fixture
def account(tmp_path: Path, driver: Driver) -> Account:
    return account_of(tmp_path, Memory, driver)


def make(account: Account, order: create.MachineSpec = ORDER, **more: Any) -> create.CreateResult:
    return create.make(account, order, "PUBLIC", wait=lambda seconds: None, **more)


def test_machine_is_made_once(account: Account, driver: Driver) -> None:
    assert make(account).taken is False
    assert make(account).taken is True
    assert len(driver.machines) == 1


def test_taken_machine_keeps_the_key_it_was_made_with(account: Account) -> None:
    make(account)
    again = create.make(account, ORDER, "ANOTHER", wait=lambda seconds: None)
    assert again.public_key == "PUBLIC"


def test_create_whose_answer_was_lost_is_found_again(account: Account, driver: Driver) -> None:
    driver.failures, driver.lost_answers = [TimeoutError("timed out")], 1
    with pytest.raises(errors.Timeout, match=r"^memory: make kafka-1\.us-east\.aws: no answer in time"):
        make(account)
    assert make(account).taken is True
    assert len(driver.machines) == 1


def test_machine_without_our_tags_is_left_alone(account: Account, driver: Driver) -> None:
    driver.add(NAME, {"owner": "somebody"})
    with pytest.raises(
        errors.AlreadyExists, match=r"kafka-1\.us-east\.aws: memory has a machine .* without our"
    ):
        make(account)
    with pytest.raises(errors.AlreadyExists, match="left alone"):
        create.destroy(account, NAME)
    assert len(driver.machines) == 1


def test_machine_of_another_environment_is_left_alone(account: Account, driver: Driver) -> None:
    driver.add(NAME, {**TAGS, tags.ENVIRONMENT: "other"})
    with pytest.raises(errors.AlreadyExists):
        make(account)


def test_two_machines_of_one_name_are_told_with_their_ids(account: Account, driver: Driver) -> None:
    driver.add(NAME, TAGS)
    driver.add(NAME, TAGS, NodeState.STOPPED)
    with pytest.raises(
        errors.AlreadyExists, match=r"2 machines of that name: m-0 \(running\), m-1 \(stopped\)"
    ):
        make(account)
    assert account.listed()[NAME]["duplicates"] == ["m-0", "m-1"]


def test_stranger_of_the_same_name_does_not_hide_ours(account: Account, driver: Driver) -> None:
    driver.add(NAME)
    driver.add(NAME, TAGS)
    listed = account.listed()[NAME]
    assert (listed["id"], listed["duplicates"]) == ("m-1", ["m-1", "m-0"])


def test_user_data_and_tags_go_with_the_machine(account: Account, driver: Driver) -> None:
    make(account, user_data=lambda: "#cloud-config\n")
    assert driver.made[0]["ex_userdata"] == "#cloud-config\n"
    assert driver.made[0]["tags"] == TAGS


def test_user_data_is_compressed_when_it_is_too_long(account: Account, driver: Driver) -> None:
    make(account, user_data=lambda: "#cloud-config\n" + "# same\n" * 2000)
    assert driver.made[0]["ex_userdata"][:2] == b"\x1f\x8b"


def test_user_data_that_does_not_fit_is_told_before_anything_is_made(
    account: Account, driver: Driver
) -> None:
    text = "".join(hashlib.sha256(bytes([index])).hexdigest() for index in range(256)) * 2
    with pytest.raises(
        MeridianError, match=r"its user-data is 32768 bytes \(\d+ compressed\), Memory takes 8192"
    ):
        make(account, user_data=lambda: text)
    assert driver.made == []
    assert account.ledger.read() == {}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"size": "huge"}, "size 'huge' is not offered by the provider; it has: small"),
        ({"image": "gone"}, "image 'gone' is not offered"),
        ({"location": "mars"}, "location 'mars' is not offered"),
        (
            {"volumes": [{"name": "data", "size_gb": "big"}]},
            "volumes: size_gb is 'big', expected a whole number",
        ),
    ],
)
def test_what_is_not_offered_is_told_and_nothing_is_made(
    account: Account, driver: Driver, wrong: dict[str, Any], says: str
) -> None:
    order = {"size": "small", "image": "debian-12", "tags": TAGS, **wrong}
    with pytest.raises(MeridianError, match=says):
        make(account, create.MachineSpec(NAME, **order))
    assert driver.machines == []


def test_machine_that_does_not_run_in_time_is_named_with_its_state(account: Account, driver: Driver) -> None:
    driver.add(NAME, TAGS, NodeState.PENDING)
    with pytest.raises(errors.Timeout, match=r"kafka-1\.us-east\.aws was made but does not run .* pending"):
        make(account, deadline=0.0)


def test_waiting_outlasts_a_rate_limit(
    account: Account, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, busy = driver.list_nodes, [True, True]

    def listed() -> Any:
        # The first call looks whether it is there; the next ones wait for it.
        if driver.machines and busy and busy.pop():
            raise BaseHTTPError(429, "slow down")
        return real()

    monkeypatch.setattr(driver, "list_nodes", listed)
    assert make(account).found.node.state == NodeState.RUNNING


def test_provider_without_tags_is_remembered_for(tmp_path: Path, driver: Driver) -> None:
    account = account_of(tmp_path, Tagless, driver)
    make(account)
    assert driver.machines[0].name == "kafka-1-us-east-aws"
    assert account.listed()[NAME]["tags"] == TAGS
    assert make(account).taken is True
    assert create.destroy(account, NAME) is True
    assert (driver.machines, account.ledger.read()) == ([], {})


def test_machine_in_a_region_that_the_file_does_not_name_is_found_again(
    tmp_path: Path, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_of(tmp_path, Memory, driver)
    monkeypatch.setattr(Memory, "regional", "region")
    monkeypatch.setattr(account, "config", {"provider": "dummy", "locations": ["west-1"]})
    west, account._adapters = Memory(Driver()), {"east-1": Memory(driver)}
    account._adapters["west-1"] = west
    make(account, create.MachineSpec(NAME, "small", "debian-12", "east-1", tags=TAGS))
    assert account.places() == ["west-1", "east-1"]
    assert account.listed()[NAME]["location"] == "east-1"
    assert account.one(NAME).location == "east-1"


def test_what_was_looked_up_once_is_not_asked_again(account: Account, driver: Driver) -> None:
    asked: list[int] = []
    real = driver.list_images
    driver.list_images = lambda location=None: asked.append(1) or real()  # type: ignore[method-assign]
    for number in (1, 2, 3):
        make(account, create.MachineSpec(f"kafka-{number}.us-east.aws", "small", "debian-12", tags=TAGS))
    assert len(asked) == 1


def test_provider_without_user_data_says_so(tmp_path: Path, driver: Driver) -> None:
    account = account_of(tmp_path, Tagless, driver)
    with pytest.raises(errors.NotOffered, match="carries no user-data to Tagless"):
        make(account, user_data=lambda: "#cloud-config\n")


def test_names_without_dots_come_back(driver: Driver) -> None:
    node = driver.add("kafka-1-us-east-aws")
    adapter = Tagless(driver)
    assert adapter.machine_name(NAME) == node.name
    assert adapter.node_id(node, TAGS) == NAME
    assert adapter.node_id(node, {}) == node.name


def test_secrets_do_not_reach_an_error(tmp_path: Path, driver: Driver) -> None:
    account = account_of(tmp_path, Memory, driver)
    account._secrets = ["s3cret"]
    driver.failures = [RuntimeError("login with s3cret failed")]
    with pytest.raises(errors.CloudError, match=r"login with \*\*\* failed"):
        make(account)
