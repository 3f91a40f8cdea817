"""What the states of Elasticsearch and its sink do, against golden files; what must not show in them.

Accept a change that is meant with ``--update-golden``.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from meridian.common import paths
from meridian.topology import node_pillar

from tests.render import rendering
from tests.render.comparing import compare, topology

NODE = "elastic-2.central.local"
NODES: dict[str, Any] = {"nodes": {"elastic": {"count": 3, "roles": ["elasticsearch"], "size": "medium"}}}
# As in a cloud, and as on one machine.
CASES: dict[str, dict[str, Any]] = {
    "elasticsearch-direct": {
        "elasticsearch": {"heap_mb": 1024, "memory_lock": True, "snapshots": {"bucket": "snapshots"}}
    },
    "elasticsearch-mesos": {
        "nodes": {
            "elastic": {"count": 3, "roles": ["mesos-agent", "elasticsearch"], "size": "medium"},
            "masters": {"count": 3, "roles": ["zookeeper", "mesos-master", "marathon"], "size": "medium"},
        },
        "elasticsearch": {"heap_mb": 1024, "runtime": "mesos"},
    },
    "elasticsearch-proxy": {
        "elasticsearch": {"heap_mb": 256, "serial_gc": True, "transport": "proxy"},
        "proxy": {"enabled": True},
    },
}
# Where nodes are Mesos tasks, with their scheduler.
MESOS = (
    "elasticsearch.sink_service",
    *(f"elasticsearch-scheduler{verb}" for verb in ("", ".app", ".check", ".clean")),
)
SECRETS: dict[str, Any] = {
    "zookeeper": {"elasticsearch-scheduler": "<password in ZooKeeper>"},
    "mesos": {"elasticsearch-scheduler": "<secret towards Mesos>"},
    "elasticsearch-scheduler": {"api": "<password of the scheduler>"},
    "elasticsearch": {"elastic": "<password of elastic>", "sink": "<password of sink>"},
    "objectstore": {"users": {"archive": {"access_key": "archive", "secret_key": "<secret of archive>"}}},
}


def render(case: str, folder: Path, monkeypatch: pytest.MonkeyPatch, proxy: bool = False) -> str:
    """Render the states in the order of a node's life.

    :param proxy: with those of the proxy, which has golden files of its own.
    """
    certificates = {"elasticsearch": {"certificate": "<c>\n", "key": "<k>\n"}}
    pillar = node_pillar(
        topology("central", NODES | CASES[case]),
        NODE,
        secrets=SECRETS,
        certificates={"ca": "<CA>\n", "certificates": certificates},
        artifacts={
            name: {"version": "1", "sha256": "0" * 64, "file": f"{name}.tar.zst"}
            for name in (
                "elasticsearch",
                "elasticsearch-sink",
                "elasticsearch-sink-libs",
                "kafka-scheduler",
                "kafka-scheduler-libs",
            )
        },
    )
    if not proxy:
        pillar.pop("proxy", None)
    monkeypatch.setattr(rendering, "pillar", lambda environment, node: pillar)
    states = [f"elasticsearch{verb}" for verb in ("", ".check", ".clean")]
    states += MESOS if case == "elasticsearch-mesos" else ()
    return "".join(rendering.states("local", NODE, folder, [sls]) for sls in states)


def files(case: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Return the arguments of the file states, by file."""
    return {
        key.split(" ")[0]: functions["file.managed"]
        for state in yaml.safe_load(render(case, folder, monkeypatch))
        for key, functions in state.items()
        if "file.managed" in functions
    }


@pytest.mark.parametrize("case", CASES)
def test_the_states_are_as_they_were(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    rendered = render(case, tmp_path, monkeypatch)
    compare(rendered, case, request)


_FILES = {
    "/etc/meridian/elasticsearch/keystore.txt": "0640",
    "/etc/meridian/elasticsearch/auth.json": "0600",
    "/etc/meridian/elasticsearch-sink/auth.json": "0640",
}
_OF_SCHEDULER = ("api.secret", "mesos.secret", "elastic.secret", "zookeeper", "master")


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("elasticsearch-direct", _FILES),
        (
            "elasticsearch-mesos",
            _FILES | {f"/etc/meridian/elasticsearch-scheduler/{name}": "0640" for name in _OF_SCHEDULER},
        ),
    ],
)
def test_passwords_are_in_files_of_their_own_and_nowhere_else(
    case: str, expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = {}
    for state in yaml.safe_load(render(case, tmp_path, monkeypatch)):
        [(name, functions)] = state.items()
        text = yaml.safe_dump(functions, width=1000)
        if "<password" in text or "<secret" in text:
            at[name.split(" ")[0]] = functions["file.managed"]["mode"]
    assert at == expected


def test_what_mesos_runs_has_no_unit_and_its_launcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = files("elasticsearch-mesos", tmp_path, monkeypatch)
    assert "/etc/systemd/system/meridian-elasticsearch.service" not in written
    assert "/etc/systemd/system/meridian-elasticsearch-sink.service" in written
    launcher = written["/etc/meridian/elasticsearch/node-task"]
    assert (launcher["mode"], "setpriv" in launcher["~ rendered"]) == ("0755", True)
    assert "meridian-elasticsearch.service" not in written["/etc/meridian/elasticsearch/node"]["~ rendered"]


def test_the_scheduler_takes_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys, "path", [str(paths.repository() / "apps" / "kafka-scheduler"), *sys.path])
    from kafka_scheduler.elasticsearch import settings

    place = "/etc/meridian/elasticsearch-scheduler/scheduler.properties"
    text = files("elasticsearch-mesos", tmp_path, monkeypatch)[place]["~ rendered"]
    (tmp_path / "scheduler.properties").write_text(text, encoding="utf-8")
    found = settings.load(tmp_path / "scheduler.properties")
    assert (found.scheduler.framework_role, found.scheduler.user) == ("elasticsearch", "elasticsearch")
    assert found.scheduler.launcher == "/etc/meridian/elasticsearch/node-task"
    assert found.ca == Path("/etc/meridian/pki/ca.pem")
    assert found.secret == Path("/etc/meridian/elasticsearch-scheduler/elastic.secret")


def test_a_context_which_shows_in_logs_holds_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    shown = rendering._shown

    def spy(chunk: dict[str, Any], functions: Any, cache: Path) -> dict[str, Any]:
        seen.append(json.dumps(chunk, default=str))
        return shown(chunk, functions, cache)

    monkeypatch.setattr(rendering, "_shown", spy)
    render("elasticsearch-direct", tmp_path, monkeypatch)
    assert seen
    assert [chunk for chunk in seen if "<password" in chunk or "<secret" in chunk] == []


def test_the_sink_takes_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys, "path", [str(paths.repository() / "apps" / "elasticsearch-sink"), *sys.path])
    from elasticsearch_sink.settings import SinkSettings

    written = files("elasticsearch-direct", tmp_path, monkeypatch)[
        "/etc/meridian/elasticsearch-sink/sink.json"
    ]
    settings = SinkSettings.from_dict(json.loads(written["~ rendered"]), "sink.json")
    assert settings.elasticsearch.urls == tuple(
        f"https://elastic-{one}.central.local:9200" for one in (1, 2, 3)
    )
    taken = [
        one
        for one in ("us-east.flights", "flights", "canary", "flights.dlq")
        if settings.matcher().match(one)
    ]
    assert taken == ["us-east.flights", "flights"]


def test_haproxy_takes_the_fragment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the proxy's own file; and what it says holds for no other fragment."""
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin") or "haproxy"
    place = "/etc/meridian/proxy/conf.d/elasticsearch.cfg"
    text = files("elasticsearch-proxy", tmp_path, monkeypatch)[place]["~ rendered"]
    assert "\ndefaults" not in text
    configuration = tmp_path / "haproxy.cfg"
    configuration.write_text(f"defaults\n  mode tcp\n  timeout connect 3s\n\n{text}")
    done = subprocess.run([program, "-c", "-f", configuration], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_starts_behind_its_proxy_which_serves_the_fragment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = {
        name.split(" (")[0]: next(iter(functions.values()))
        for state in yaml.safe_load(render("elasticsearch-proxy", tmp_path, monkeypatch, proxy=True))
        for name, functions in state.items()
    }
    assert {"service": "meridian-proxy"} in states["meridian-elasticsearch"]["require"]
    fragment = "/etc/meridian/proxy/conf.d/elasticsearch.cfg"
    assert {"file": f"{Path(fragment).parent}/*"} in states["meridian-proxy"]["watch"]
    assert fragment in states
