"""What `./meridian plan` and `drift` print, and the codes that they end with."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from meridian.cli import drift, main, plan, runners, setup
from meridian.plan import Action, Cost, Plan
from meridian.topology import Topology
from rich.console import Console

from tests.unit.topology.conftest import local, salt_options, shipped  # noqa: F401

BROKER = "kafka-1.us-east.local"
KEEP = Action("node", BROKER, "us-east", "keep", cost_per_month=10.0)
GROW = Action("topic", "us-east/flights", "us-east", "change", "partitions 6 → 12")
COST = Cost(10.0, 0.0137, "USD")


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Have every runner return this."""

    def say(answer: Any) -> None:
        monkeypatch.setattr(runners, "call", lambda function, **arguments: answer)

    return say


@pytest.fixture(autouse=True)
def nothing_started(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No command here may start anything."""

    def refuse(*arguments: Any) -> None:
        raise AssertionError("something was started")

    monkeypatch.setattr(setup, "ensure", refuse)
    return None


def of(*actions: Action, cost: Cost = COST) -> dict[str, Any]:
    return Plan("local", actions, cost).to_dict()


def shown(facts: dict[str, Any], topology: Topology) -> str:
    out = io.StringIO()
    plan.show(facts, topology, Console(file=out, width=100))
    return out.getvalue()


@pytest.mark.parametrize(
    ("actions", "code"),
    [
        ((KEEP,), 0),
        ((KEEP, GROW), 2),
        ((KEEP, replace(GROW, action="blocked", reason="partitions are never taken away")), 1),
        ((KEEP, replace(GROW, action="unknown", reason="no broker answers")), 2),
        ((KEEP, Action("node", "old.us-east.local", "us-east", "unmanaged")), 0),
    ],
)
def test_exit_code_of_a_plan(says: Callable[[Any], None], actions: tuple[Action, ...], code: int) -> None:
    says(of(*actions))
    assert main.main(["plan", "--json"]) == code


def test_json_is_the_plan_and_out_writes_it(
    says: Callable[[Any], None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    says(of(KEEP, GROW))
    file = tmp_path / "plan.json"
    assert main.main(["plan", "--json", "--out", str(file)]) == 2
    assert json.loads(capsys.readouterr().out) == of(KEEP, GROW) == json.loads(file.read_text())


def test_offline_needs_nothing_but_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["plan", "local-global", "--offline", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert {one["action"] for one in told["actions"]} == {"create"}
    assert len([one for one in told["actions"] if one["kind"] == "node"]) == 32


def test_a_mistake_is_1_since_2_means_changes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["plan", "--nonsense"])
    assert ended.value.code == 1
    assert main.main(["plan", "locl"]) == 1
    assert "did you mean 'local'?" in capsys.readouterr().err


def test_a_place_where_no_plan_can_be_written(
    says: Callable[[Any], None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    says(of(KEEP))
    assert main.main(["plan", "--out", str(tmp_path / "none" / "plan.json")]) == 1
    assert "No such file or directory; name another file with --out" in capsys.readouterr().err


def test_text_tells_regions_changes_and_cost(local: Topology) -> None:  # noqa: F811
    text = shown(of(KEEP, Action("node", "kafka-2.us-east.local", "us-east", "create"), GROW), local)
    assert "us-east       1     1        0          0" in text
    assert "create in us-east: kafka-2" in text
    assert "change us-east/flights: partitions 6 → 12" in text
    assert "USD/month" in text
    assert "local: 2 changes; ./meridian deploy local carries them out" in text


def test_text_says_unknown_where_there_is_no_price(local: Topology) -> None:  # noqa: F811
    one = replace(KEEP, cost_per_month=None)
    text = shown(of(one, cost=Cost(None, None, "EUR", (BROKER,))), local)
    assert "EUR/month" in text
    assert "unknown" in text
    assert "unknown and not counted: 1 price (kafka-1.us-east.local)" in text
    assert "0.00" not in text


def test_text_is_no_markup(local: Topology) -> None:  # noqa: F811
    """Names in brackets are names."""
    assert "[red]" in shown(of(KEEP, replace(GROW, reason="a [red] one")), local)


def test_a_plan_of_another_environment_starts_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({**of(KEEP), "environment": "aws"}))
    assert main.main(["deploy", "--plan", str(file)]) == 1
    assert "is a plan of environment aws: ./meridian deploy aws --plan" in capsys.readouterr().err


def test_a_file_that_is_no_plan_starts_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main.main(["deploy", "--plan", str(tmp_path / "none.json")]) == 1
    assert "No such file" in capsys.readouterr().err


ITEM = {
    "kind": "topic",
    "id": "us-east/flights",
    "region": "us-east",
    "what": "retention.ms",
    "wanted": None,
    "found": "1000",
    "reason": "",
}


@pytest.mark.parametrize(("items", "code"), [([], 0), ([ITEM], 2)])
def test_exit_code_of_drift(
    says: Callable[[Any], None], capsys: pytest.CaptureFixture[str], items: list[Any], code: int
) -> None:
    says({"environment": "local", "drift": items})
    assert main.main(["drift", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["drift"] == items


def test_text_of_drift() -> None:
    out = io.StringIO()
    drift.show({"environment": "local", "drift": [ITEM]}, Console(file=out, width=100))
    assert "us-east/flights: retention.ms: 1000, should be none" in out.getvalue()
    assert "local: 1 difference" in out.getvalue()
