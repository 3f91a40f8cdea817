"""Commands as they are typed, what they print, and their exit codes."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from kafka_scheduler.cli.commands import COMMANDS
from kafka_scheduler.cli.main import main
from kafka_scheduler.kafka.partitions_planning import Order

from tests.unit.kafka_scheduler.api.double import WELL, Api
from tests.unit.kafka_scheduler.cli.conftest import Run
from tests.unit.kafka_scheduler.serving import serving


def test_the_old_short_forms_work(api: Api, run: Run) -> None:
    code, out, _ = run("add", "1000..1002", "--cpus", "0.01", "--heap", "128", "--mem", "256")
    assert code == 0
    assert out.startswith("brokers added:\n  id: 1000\n  active: false\n  state: stopped\n")
    assert "  resources: cpus:0.01, mem:256, heap:128, port:auto\n" in out
    assert run("start", "1000..1002")[0] == 0
    code, out, _ = run("status")
    assert (code, out.count("\n  state: running")) == (0, 3)
    assert "    endpoint: slave1000:9092" in out
    assert run("broker", "list", "1000", "--quiet")[1] == "1000 running\n"
    assert run("rebalance", "1000..1001", "--topics", "t0")[1].startswith("rebalance started")
    assert api.moves.asked[-1][:2] == (["t0"], Order((1000, 1001)))
    assert run("rebalance", "status")[0] == 0


def test_every_option_is_sent(api: Api, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "server.properties"
    file.write_text("# threads\nnum.io.threads = 16\nlog.dirs=/d/$id,/e/$id\n", encoding="utf-8")
    words = ["broker", "add", "0", "--port", "9092..9095", "--bind-address", "if:eth1", "--syslog"]
    words += ["--jvm-options", "-Xms128m -XX:+UseG1GC", "--options", f"file:{file}"]
    words += ["--stickiness-period=5m", "--failoverMaxTries", "3", "--volume", ""]
    code, out, _ = run(*words)
    assert code == 0
    spec = api.service.views[0].spec
    assert spec.options == {"num.io.threads": "16", "log.dirs": "/d/$id,/e/$id"}
    assert (spec.jvm_options, spec.syslog) == ("-Xms128m -XX:+UseG1GC", True)
    assert (spec.bind_address, spec.failover_max_tries) == ("if:eth1", 3)
    assert "  failover: delay:1m, max-delay:10m, max-tries:3\n" in out


def test_an_empty_value_unsets(api: Api, run: Run) -> None:
    run("add", "0", "--options", "a=b")
    assert "options" not in run("update", "0", "--options", "")[1]
    assert api.service.views[0].spec.options == {}


def test_a_broker_that_runs_with_other_options_is_marked(api: Api, run: Run) -> None:
    run("add", "0")
    run("start", "0")
    assert "state: running (modified, needs restart)" in run("update", "0", "--cpus", "2")[1]


def test_what_cannot_be_placed_fails_with_why(api: Api, run: Run) -> None:
    api.service.stuck = {0}
    run("add", "0")
    code, out, err = run("start", "0", "--timeout", "3s")
    assert code == 1
    assert err == "kafka-scheduler: timeout: broker 0: cpus 2.0 wanted, 1.0 offered\n"
    assert "  not placed:\n    slave0: cpus 2.0 wanted" in out
    assert run("start", "0", "--timeout", "0")[0] == 0


def test_the_log_and_metrics(api: Api, run: Run) -> None:
    run("add", "0")
    run("start", "0")
    assert (
        run("broker", "log", "0", "--name", "server.log", "--lines", "5")[1]
        == "0 server.log 5 30\nlast line\n"
    )
    assert run("broker", "metrics", "0", "--filter", "part")[1] == "broker 0\n   partitions => 3\n"
    assert json.loads(run("broker", "metrics", "0", "--json")[1]) == {
        "0": {"partitions": 3.0, "underReplicated": 0.0}
    }


def test_topics(api: Api, run: Run) -> None:
    run("add", "0..2")
    assert run("topic", "list", "--quiet")[1] == "t0\nt1\n"
    assert run("topic", "add", "new", "--partitions", "2", "--options", "retention.ms=5")[1] == (
        "topic added:\n  name: new\n  partitions: 0:[0], 1:[0]\n  options: retention.ms=5\n"
    )
    assert "  !    0 |      0 |        0 | [0, *1]" in run("topic", "partitions", "t0")[1]
    planned = run("topic", "realign", "t0", "--broker", "1..2", "--dry-run")[1]
    assert planned.splitlines() == [
        "realign planned: 1 partitions, 1 replicas to another broker",
        "  t0/0: [0, 1] -> [1, 2]",
    ]
    code, _, err = run("topic", "delete", "t0")
    assert (code, "name twice" in err) == (1, True)
    assert run("topic", "delete", "t0", "t0")[1] == "topic t0 deleted\n"


def test_quotas_and_plans(api: Api, run: Run) -> None:
    assert run("quota", "list")[1] == "no quotas\n"
    assert (
        run("quota", "set", "clients", "c", "--producer-byte-rate", "9")[1]
        == "clients c: producerByteRate=9\n"
    )
    assert run("plan", "list")[1].splitlines() == [
        "restart-3: restart, running",
        "  rolling: running",
        "    broker 0 restart: complete",
        "    broker 1 restart: blocked (t/0 would have 1)",
    ]
    run("add", "1")
    assert run("plan", "force", "restart-3", "1")[0] == 0


def test_giving_up_a_volume_wants_its_id_twice(api: Api, run: Run) -> None:
    run("add", "0")
    api.service.with_volume(0)
    assert "volume kafka-0-data: 1000 MB on slave1, lost: host is gone" in run("status")[1]
    assert run("broker", "give-up-volume", "0", "kafka-0-data")[0] == 1
    assert run("broker", "give-up-volume", "0", "kafka-0-data", "--confirm", "kafka-0-data")[0] == 0


def test_health_and_the_end(api: Api, run: Run) -> None:
    assert run("health")[:2] == (0, "ok\n")
    api.service.now = replace(WELL, connected=False, problem="no master leads")
    assert run("health") == (1, "", "kafka-scheduler: no master leads\n")
    assert run("shutdown")[1] == "scheduler stopping\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["broke"], "there is no command 'broke'"),
        (["broker", "add"], "<broker> is missing"),
        (["broker", "add", "0", "1"], "'1' is one argument too many"),
        (["broker", "add", "0", "--cpu", "1"], "has no option --cpu"),
        (["broker", "add", "0", "--cpus"], "--cpus needs a value"),
        (["broker", "start", "0", "--timeout", "soon"], "--timeout: 'soon' is no time"),
        (["--api"], "--api needs a value"),
    ],
)
def test_what_is_no_command_is_told_and_ends_with_2(run: Run, words: list[str], message: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert message in err


def test_errors_are_one_line_and_end_with_1(run: Run) -> None:
    code, out, err = run("start", "7")
    assert (code, out, err) == (1, "", "kafka-scheduler: broker 7: there is none of that id\n")


def test_every_command_has_help(run: Run) -> None:
    overview = run("help")[1]
    for command in COMMANDS:
        name = " ".join(command.words)
        assert name in overview
        code, out, _ = run("help", *command.words)
        assert code == 0
        assert f"Usage: {name}" in out
    assert "--stickiness-period" in run("help", "add")[1]
    assert "groupBy" in run("help", "broker", "add")[1]


def test_no_command_begins_as_the_one_that_runs_a_scheduler_does(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "scheduler" not in {words[0] for one in COMMANDS for words in (one.words, *one.shorts)}
    with pytest.raises(SystemExit) as ended:
        main(["help", "scheduler"])
    assert ended.value.code == 0
    assert "--framework-timeout" in capsys.readouterr().out


def test_the_leader_is_asked_when_another_instance_is(
    api: Api, run: Run, tmp_path: Path, folder: Path
) -> None:
    with serving(folder) as leader:
        api.service.now = replace(WELL, leader=False, leader_url=leader.url)
        assert run("add", "5")[0] == 0
        assert 5 in leader.api.service.views
    api.service.now = replace(WELL, leader=False, leader_url="http://localhost:1")
    code, _, err = run("status")
    assert code == 1
    assert "the secret is not sent there" in err


def test_a_server_of_another_authority_gets_no_secret(
    api: Api, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAFKA_SCHEDULER_CA")
    code, _, err = run("status")
    assert code == 1
    assert re.search(r"https://localhost:\d+: .*certificate", err)


def test_settings_come_from_a_properties_file(
    api: Api, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    file = tmp_path / "scheduler.properties"
    lines = {
        "api": os.environ["KAFKA_SCHEDULER_API"],
        "api-ca": os.environ["KAFKA_SCHEDULER_CA"],
        "api-secret-file": os.environ["KAFKA_SCHEDULER_SECRET_FILE"],
        "master": "zk://…",
    }
    file.write_text("".join(f"{key} = {value}\n" for key, value in lines.items()), encoding="utf-8")
    for name in ("API", "CA", "SECRET_FILE"):
        monkeypatch.delenv(f"KAFKA_SCHEDULER_{name}")
    monkeypatch.setenv("KAFKA_SCHEDULER_CONFIG", str(file))
    assert run("status")[:2] == (0, "no brokers\n")


def test_without_settings_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "empty.properties"
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("KAFKA_SCHEDULER_CONFIG", str(file))
    assert main(["status"]) == 1
    assert "where is the scheduler?" in capsys.readouterr().err
    assert main(["status", "--api", "https://localhost:1"]) == 1
    assert "who asks?" in capsys.readouterr().err
