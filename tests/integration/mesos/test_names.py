"""Names of tasks by Mesos-DNS: the formula's configuration of it, with the program that a setting names."""

import json
import os
import random
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
import yaml
from meridian.common import paths

from tests.integration.mesos.framework import Framework
from tests.integration.mesos.lab import AGENTS, SECRETS, Lab
from tests.integration.mesos.test_tasks import run
from tests.ports import free
from tests.waiting import wait_until

#: Where a binary of Mesos-DNS is.
SETTING = "MERIDIAN_MESOS_DNS"
FORMULA = paths.repository() / "salt" / "proxy"
HOST = AGENTS[0]
_NO_SUCH_NAME, _REFUSED = 3, 5


def ask(port: int, name: str) -> tuple[int, list[str]]:
    """Ask for a name's addresses.

    :return: the answer's code (RFC 1035, 4.1.1), and the addresses.
    """
    number = random.randrange(1 << 16)
    question = b"".join(struct.pack("B", len(part)) + part.encode() for part in name.split(".")) + b"\0"
    query = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + question + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.connect(("127.0.0.1", port))
        asking.send(query)
        answer = asking.recv(4096)
    same, flags, _, count, _, _ = struct.unpack_from("!6H", answer)
    assert same == number
    at, found = len(query), []
    for _ in range(count):
        # The name is a pointer of two bytes, or as long as it was in the question.
        at += 2 if answer[at] & 0xC0 else len(question)
        kind, _, _, size = struct.unpack_from("!2HIH", answer, at)
        at += 10
        if kind == 1:
            found.append(socket.inet_ntoa(answer[at : at + size]))
        at += size
    return flags & 0xF, found


@pytest.fixture
def dns(lab: Lab, tmp_path: Path) -> Iterator[int]:
    """Mesos-DNS of that cluster; its port."""
    [port] = free(1)
    proxy = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))
    proxy["poll_seconds"] = 1
    proxy["mesos_dns"] |= {
        "port": port,
        "masters": [url.removeprefix("https://") for url in lab.masters],
        "password": SECRETS["mesos-dns"],
    }
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.DictLoader({"proxy/map.jinja": "{% set proxy = settings %}"}),
                jinja2.FileSystemLoader(FORMULA.parent),
            ]
        )
    )
    templates.filters["json"] = json.dumps
    text = templates.get_template("proxy/files/mesos-dns.json").render(settings=proxy)
    config = tmp_path / "mesos-dns.json"
    config.write_text(text.replace("/etc/meridian/pki/ca.pem", lab.ca), encoding="utf-8")
    with (tmp_path / "log").open("ab") as out:
        process = subprocess.Popen([os.environ[SETTING], f"-config={config}"], stdout=out, stderr=out)
    try:
        yield port
    finally:
        process.kill()
        process.wait()
        print((tmp_path / "log").read_text(errors="replace")[-3000:])


@pytest.mark.skipif(SETTING not in os.environ, reason=f"{SETTING} names no binary of Mesos-DNS")
def test_a_task_has_a_name_while_it_runs(lab: Lab, framework: Framework, dns: int) -> None:
    run(framework, "broker-0")
    name = "broker-0.tests.mesos"
    wait_until("its name leads to its agent", lambda: ask(dns, name) == (0, [HOST]))
    assert ask(dns, "broker-1.tests.mesos") == (_NO_SUCH_NAME, [])
    # Nobody was named whom to ask for others.
    assert ask(dns, "elsewhere.test") == (_REFUSED, [])
    # Of the next leader, too.
    leader = lab.leader()
    lab.masters[leader].kill()
    framework.event("CLOSED")
    wait_until("another master leads", lambda: len(lab.registered()) == len(AGENTS))
    assert framework.subscribe(lab.leader()).status_code == 200
    framework.call("KILL", task_id={"value": "broker-0"})
    framework.update("broker-0", "TASK_KILLED")
    wait_until("its name is gone", lambda: ask(dns, name) == (_NO_SUCH_NAME, []))
