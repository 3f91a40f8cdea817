"""The whole platform, deployed for real: what an operator does with it, one thing after another."""

import json
import re
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from confluent_kafka import Producer
from meridian.common.tls import Tls

from tests.integration.clone import Clone

REGIONS = ("us-east", "eu-west", "central")


def kcat(status: dict[str, Any], region: str, *arguments: str) -> list[str]:
    """Return the command line of an operator's own client, with the files that the status names."""
    client = status["client"]
    tls = {
        "security.protocol": "ssl",
        "ssl.ca.location": client["ca"],
        "ssl.certificate.location": client["certificate"],
        "ssl.key.location": client["key"],
    }
    settings = [part for key, value in tls.items() for part in ("-X", f"{key}={value}")]
    return ["timeout", "60", "kcat", "-b", status["clusters"][region]["bootstrap"], *settings, *arguments]


def run(command: list[str], text: str = "") -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def at_the_centre(status: dict[str, Any], mark: str) -> str:
    """Return the record of us-east's topic ``canary`` with a mark, as kcat prints it, once it has arrived."""
    reading = kcat(status, "central", "-C", "-t", "us-east.canary", "-o", "-100", "-u", "-J")
    with subprocess.Popen(reading, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = next((line for line in process.stdout if mark in line), None)
        process.terminate()
    assert found is not None, "the record did not reach the centre within a minute"
    return found


def test_a_second_deployment_changes_nothing_and_refuses_a_third_beside_it(platform: Clone) -> None:
    lines: list[str] = []

    def third() -> None:
        lines.append(platform.meridian("deploy", code=1, timeout=120).messages)

    printed = platform.during(("deploy",), r"\b(lock|topology|preflight)\b.*done", third)
    assert re.search(r"\b0 changes\b", printed), printed[-1000:]
    assert "locked" in lines[0]


def test_status(platform: Clone) -> None:
    status = platform.status()
    assert status["environment"] == "local"
    assert status["ok"] is True
    assert status["nodes"]["up"] == status["nodes"]["total"] == 12
    for region in REGIONS:
        cluster = status["clusters"][region]
        assert (cluster["brokers"], cluster["brokers_up"], cluster["under_replicated"]) == (3, 3, 0)
        assert len(cluster["bootstrap"].split(",")) == 3
        assert set(status["archive"][region]) >= {"objects", "bytes", "lag_records"}
    assert set(status["flows"]) == {"us-east-to-central", "eu-west-to-central"}
    for flow in status["flows"].values():
        assert flow["state"] == "RUNNING"
        assert isinstance(flow["lag_records"], int)
    for file in ("ca", "certificate", "key"):
        assert Path(status["client"][file]).is_file()
    assert Path(status["client"]["key"]).stat().st_mode & 0o077 == 0


def test_kcat_from_the_host_and_on_to_the_centre(platform: Clone) -> None:
    """An operator's own client, keys and headers through the mirror."""
    status = platform.status()
    described = json.loads(run(kcat(status, "us-east", "-L", "-J")))
    assert len(described["brokers"]) == 3
    partitions = [part for topic in described["topics"] for part in topic["partitions"]]
    assert all(len(part["replicas"]) == len(part["isrs"]) == 3 for part in partitions)
    mark = f"kcat-{platform.platform}"
    headers = ("-H", "canary=pass", "-H", "flow=none")
    run(kcat(status, "us-east", "-P", "-t", "canary", "-k", mark, *headers), '{"from":"kcat"}')
    record = json.loads(at_the_centre(status, mark))
    assert (record["key"], record["payload"]) == (mark, '{"from":"kcat"}')
    assert record["headers"] == ["canary", "pass", "flow", "none"]


def test_a_flow_whose_tasks_failed_for_a_moment_goes_on_with_nobody_deploying(platform: Clone) -> None:
    """Its producers are fenced, as by a second instance after a cut link; the supervisors restart it."""
    status = platform.status()
    tls = Tls.of_operator(Path(status["client"]["ca"]).parent)
    central = {"bootstrap.servers": status["clusters"]["central"]["bootstrap"], **tls.librdkafka()}
    [source] = [name for name in status["flows"]["us-east-to-central"]["connectors"] if "source" in name]
    for task in range(4):
        name = f"connect-central-{source}-{task}"
        Producer({**central, "transactional.id": name}).init_transactions(60)
    mark = f"heals-{platform.platform}"
    began = time.monotonic()
    run(kcat(status, "us-east", "-P", "-t", "canary", "-k", mark, "-H", "canary=pass"), '{"from":"kcat"}')
    at_the_centre(status, mark)
    assert time.monotonic() - began < 45
    restarts = platform.well_within(60)["restarts"]
    found = [one for one in restarts if one["connector"] == source]
    assert sum(one["restarts"] for one in found) >= 1
    assert {one["failed"] for one in found} == {False}
    assert all(one["reason"] and one["cause"] == "passes" for one in found)


WORKER = "kafka-2.central.local"
FAULTS = {
    "a broker is killed, and its archiver in mid-segment": [
        ("kafka-2.us-east.local", "systemctl kill --kill-whom=main -s KILL meridian-kafka"),
        ("services-1.us-east.local", "systemctl kill --kill-whom=all -s KILL meridian-archiver"),
    ],
    "a Connect worker is stopped": [(WORKER, "systemctl stop meridian-connect")],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_flight_is_lost_or_doubled_when(platform: Clone, fault: str) -> None:
    """The flights check holds although something breaks in the middle of it, and the platform mends."""
    report = platform.folder / "verify.xml"
    printed = platform.during(
        ("verify", "--junit", str(report)),
        r"flights: \d+ of \d+ published",
        lambda: [platform.on(node, command) for node, command in FAULTS[fault]],
    )
    assert re.search(r"us-east-to-central: delayed flights arrived\D+51592\D+51592", printed), printed[-3000:]
    suites = ElementTree.parse(report).getroot()
    assert suites.find(".//failure") is None
    assert len(suites.findall(".//testcase")) > 20
    if "stopped" in fault:
        platform.on(WORKER, "systemctl start meridian-connect")
    status = platform.well_within(120)
    assert status["clusters"]["us-east"]["under_replicated"] == 0
    assert status["clusters"]["us-east"]["brokers_up"] == 3


def test_a_deployment_goes_on_after_a_killed_one_and_mends_what_is_down(platform: Clone) -> None:
    platform.lose("kafka-3.eu-west.local")
    # Nobody but a deployment starts what was stopped on purpose.
    platform.on(WORKER, "systemctl stop meridian-connect")
    assert platform.status()["nodes"]["up"] == 11
    # The nodes that have not done yet end what it had begun; the next one waits for them.
    platform.kill_at(("deploy",), r"states .*done=1/")
    platform.meridian("deploy", timeout=600)
    assert platform.on(WORKER, "systemctl is-active meridian-connect") == "active"
    assert platform.well_within(120)["clusters"]["eu-west"]["under_replicated"] == 0


def test_salt_commands_work_by_hand(platform: Clone) -> None:
    """Each command is a face of Salt: the runner behind it gives the same answer."""
    done = subprocess.run(
        [".platform/venv/bin/salt-run", "--out=json", "platform.status"],
        cwd=platform.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True


@pytest.mark.parametrize("port", [4505, 4506])
def test_the_salt_master_hears_nobody_without_a_certificate(platform: Clone, port: int) -> None:
    tls = "/etc/salt/pki/minion/tls"
    find = "export master=$(sed -n 's/^master: //p' /etc/salt/minion)"
    client = f"timeout 20 openssl s_client -connect $master:{port} -CAfile {tls}/ca.pem"
    ask = f"{find}; (echo; sleep 2) | {client} -verify_ip $master -verify_return_error"
    assert "certificate required" in platform.on(WORKER, f"{ask} 2>&1 || true")
    own = platform.on(WORKER, f"{ask} -cert {tls}/minion.pem -key {tls}/minion.key 2>&1 || true")
    assert "Verify return code: 0 (ok)" in own
    assert "certificate required" not in own
    # In plain, what comes back is TLS's own alert (RFC 8446, 5.1: content type 21), or nothing.
    address = "$(sed -n 's/^master: //p' /etc/salt/minion)"
    plain = f"exec 3<>/dev/tcp/{address}/{port}; echo hello >&3; head -c1 <&3 | od -An -tu1"
    assert platform.on(WORKER, f"timeout 20 bash -c {shlex.quote(plain)} || true").strip() in {"21", ""}
