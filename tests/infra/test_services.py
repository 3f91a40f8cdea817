"""Each role's service on each node: it runs, as whom, with which rights, and where its logs go."""

import json
from typing import Any

from meridian.topology.roles import Role


def test_runs_and_comes_back(facts: dict[str, Any], service: Role) -> None:
    unit = facts["units"].get(service.unit)
    assert unit is not None, f"{service.unit} is not loaded"
    assert (unit["ActiveState"], unit["SubState"]) == ("active", "running")
    assert unit["UnitFileState"] == "enabled", "it would not start with the machine"
    assert unit["Restart"] == "always", "it would stay down after a crash"


def test_has_a_user_of_its_own_that_nobody_logs_in_as(facts: dict[str, Any], service: Role) -> None:
    if service.root:
        assert facts["units"][service.unit]["User"] in ("", "root")
        return
    assert facts["units"][service.unit]["User"] == service.service
    user = facts["users"][service.service]
    assert 0 < user["uid"] < 1000
    assert user["shell"].endswith(("nologin", "false"))


def test_its_process_runs_as_that_user(facts: dict[str, Any], service: Role) -> None:
    pid = int(facts["units"][service.unit]["MainPID"])
    owners = {process["pid"]: process["user"] for process in facts["processes"]}
    assert owners.get(pid) == ("root" if service.root else service.service)


def test_may_open_enough_files(facts: dict[str, Any], service: Role) -> None:
    limit = facts["units"][service.unit]["LimitNOFILE"]
    assert limit == "infinity" or int(limit) >= 10_000


def test_logs_to_the_journal(facts: dict[str, Any], service: Role) -> None:
    unit = facts["units"][service.unit]
    assert unit["StandardOutput"] in ("journal", "inherit")
    assert unit["StandardError"] in ("journal", "inherit")
    assert f"{service.unit}.service" in facts["journal"]


def test_data_belongs_to_it_alone(facts: dict[str, Any], service: Role) -> None:
    folder = facts["files"].get(f"/var/lib/meridian/{service.service}")
    if folder is None:
        assert not service.data, f"/var/lib/meridian/{service.service} is missing"
        return
    assert folder["directory"]
    assert folder["user"] == ("root" if service.entered else service.service)
    if service.entered:
        assert folder["mode"].endswith("5"), f"others may write or not enter: {folder['mode']}"
        return
    assert folder["mode"].endswith("0"), f"others may enter: {folder['mode']}"


def test_helpers_run_and_come_back(facts: dict[str, Any], service: Role) -> None:
    for helper in service.helpers:
        unit = facts["units"].get(f"meridian-{helper}")
        assert unit is not None, f"meridian-{helper} is not loaded"
        assert (unit["ActiveState"], unit["SubState"]) == ("active", "running")
        assert (unit["UnitFileState"], unit["Restart"]) == ("enabled", "always")
        assert unit["User"] == helper, "it would have the rights of another"


def test_no_partition_of_its_archive_is_blocked(facts: dict[str, Any]) -> None:
    for text in facts["archiver"].values():
        topics = json.loads(text).get("partitions", {})
        blocked = [one["problem"] for each in topics.values() for one in each.values() if one["problem"]]
        assert not blocked, "; ".join(blocked)
