"""Plan and drift against the deployed platform: silent when all is well, and exact when something is not."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from tests.integration.clone import Clone

# Journal limits are restored by a deployment without a restart of anything that others look at.
STATE_FILE = "/etc/systemd/journald.conf.d/meridian.conf"
STATE_NODE = "services-1.eu-west.local"


@contextmanager
def grown(clone: Clone) -> Iterator[None]:
    """The pillar asks for more partitions of one topic in each region."""
    file = clone.folder / "pillar/environments/local.sls"
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\ntopics: {{canary: {{partitions: 5}}}}\n", encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


def changes(plan: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return kind, id, action and reason of all that a plan does not keep."""
    return [
        (one["kind"], one["id"], one["action"], one["reason"])
        for one in plan["actions"]
        if one["action"] != "keep"
    ]


def salt(clone: Clone, node: str, *command: str) -> None:
    """Call a function of Salt's on a node, as an operator does by hand."""
    line = [str(clone.folder / ".platform/venv/bin/salt"), "-c", str(clone.folder), node, *command]
    done = subprocess.run(line, cwd=clone.folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_right_after_a_deployment_there_is_nothing_to_do(platform: Clone) -> None:
    plan = platform.meridian("plan", "--json", timeout=300).json
    assert changes(plan) == []
    assert len(plan["actions"]) == 12
    assert plan["cost"] == {"per_month": 0.0, "per_hour": 0.0, "currency": "USD", "unknown": []}
    assert platform.meridian("drift", "--json", timeout=300).json == {"environment": "local", "drift": []}


def test_a_change_in_pillar_is_planned_and_nothing_else(platform: Clone) -> None:
    with grown(platform):
        plan = platform.meridian("plan", "--json", code=2, timeout=300).json
        assert changes(plan) == [
            ("topic", "us-east/canary", "change", "partitions 3 → 5"),
            ("topic", "eu-west/canary", "change", "partitions 3 → 5"),
        ]
        assert "us-east/canary" in platform.meridian("plan", code=2, timeout=300).output


def test_offline_everything_is_to_be_created(platform: Clone) -> None:
    plan = platform.meridian("plan", "--offline", "--json", code=2).json
    assert {one["action"] for one in plan["actions"]} == {"create"}


def test_a_plan_is_carried_out_while_it_holds_and_refused_when_it_does_not(platform: Clone) -> None:
    file = str(platform.folder / "plan.json")
    platform.meridian("plan", "--out", file, timeout=300)
    assert platform.meridian("deploy", "--plan", file, "--json", timeout=400).json["changes"] == 0
    with grown(platform):
        refused = platform.meridian("deploy", "--plan", file, code=1, timeout=300).messages
        assert "topic us-east/canary: not in the plan, now change (partitions 3 → 5)" in refused
    assert changes(platform.meridian("plan", "--json", timeout=300).json) == []


@pytest.fixture
def operator(platform: Clone) -> AdminClient:
    """An operator's own client of the cluster us-east."""
    status = platform.status()
    client = status["client"]
    return AdminClient(
        {
            "bootstrap.servers": status["clusters"]["us-east"]["bootstrap"],
            "security.protocol": "ssl",
            "ssl.ca.location": client["ca"],
            "ssl.certificate.location": client["certificate"],
            "ssl.key.location": client["key"],
        }
    )


def test_what_was_changed_by_hand_has_drifted_until_the_next_deployment(
    platform: Clone, operator: AdminClient
) -> None:
    entry = ConfigEntry("max.message.bytes", "2000000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, "canary", incremental_configs=[entry])
    operator.incremental_alter_configs([resource])[resource].result(30)
    salt(platform, "kafka-1.central.local", "mirror.pause", "eu-west-to-central")
    platform.on(STATE_NODE, f"echo '# by hand' >> {STATE_FILE}")
    found = platform.meridian("drift", "--json", code=2, timeout=300).json["drift"]
    told = {(one["id"], one["what"]): (one["wanted"], one["found"]) for one in found}
    assert told.pop(("us-east/canary", "max.message.bytes")) == (None, "2000000")
    for kind in ("source", "checkpoint", "heartbeat"):
        what = ("eu-west-to-central", f"eu-west-to-central.{kind} state")
        assert told.pop(what) == ("RUNNING", "PAUSED")
    # The file, and what Salt would do because of it.
    assert (f"{STATE_NODE}: {STATE_FILE}", "file.managed (diff)") in told
    assert {one["kind"] for one in found} == {"topic", "flow", "state"}
    assert {identity.split(":")[0] for identity, _ in told} == {STATE_NODE}
    platform.meridian("deploy", timeout=400)
    assert platform.meridian("drift", "--json", timeout=300).json["drift"] == []
