"""Rendering the pillar's files, and keeping what came of them."""

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import salt.config
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.salt_api import pillar_files


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options over a copy of the shipped pillar, and a clone's state folder of its own."""
    shutil.copytree(paths.repository() / "pillar", tmp_path / "pillar")
    monkeypatch.setattr(paths, "state", lambda: tmp_path / "state")
    (tmp_path / "state").mkdir()
    return {**salt.config.master_config(None), "pillar_roots": {"base": [str(tmp_path / "pillar")]}}


def write(options: dict[str, Any], name: str, text: str) -> None:
    path = Path(options["pillar_roots"]["base"][0]) / name
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def test_a_topology_is_kept_until_a_file_changes(options: dict[str, Any]) -> None:
    first = pillar_files.load_topology(options, "local")
    assert pillar_files.load_topology(options, "local") is first
    write(options, "defaults/pki.sls", "pki: {validity_days: 90, renew_before_days: 10}")
    again = pillar_files.load_topology(options, "local")
    assert again.regions[0].settings["pki"]["validity_days"] == 90


def test_the_clones_allotment_decides_the_network(options: dict[str, Any]) -> None:
    assert pillar_files.load_topology(options, "local").settings["local"]["network"] == "10.213.0.0/16"
    record = {"network": "10.215.0.0/16", "slots": {"local": 2}, "platform": "0"}
    (paths.state() / "networks.json").write_text(json.dumps(record))
    node = pillar_files.load_topology(options, "local").nodes[0]
    assert node.addresses.management == "10.215.2.10"


def test_an_environment_without_a_slot_is_expanded_for_the_one_it_will_get(options: dict[str, Any]) -> None:
    record = {"network": "10.215.0.0/16", "slots": {"local": 0, "test": 2}, "platform": "0"}
    (paths.state() / "networks.json").write_text(json.dumps(record))
    node = pillar_files.load_topology(options, "local-global").nodes[0]
    assert node.addresses.management == "10.215.1.10"


def test_a_file_may_be_a_template(options: dict[str, Any]) -> None:
    write(options, "defaults/pki.sls", "pki: {validity_days: {{ 9 * 10 }}, renew_before_days: 10}")
    assert pillar_files.load_topology(options, "local").regions[0].settings["pki"]["validity_days"] == 90


def test_files_that_cannot_be_rendered_are_told_together(
    options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    write(options, "regions/us-east.sls", "nodes:\n  kafka: {count: 3}\n  kafka: {count: 4}\n")
    write(options, "defaults/pki.sls", "pki: {{ nonsense(")
    write(options, "defaults/kafka.sls", "- a\n- list\n")
    with pytest.raises(MeridianError) as caught:
        pillar_files.load_topology(options, "local")
    lines = str(caught.value).splitlines()
    assert lines[0] == "pillar/defaults/kafka.sls: expected a mapping of sections"
    assert lines[1].startswith("pillar/defaults/pki.sls: line 1: cannot be rendered: Jinja syntax error")
    assert (
        lines[2] == "pillar/regions/us-east.sls: nodes.kafka: line 3: expected each key once, found it again"
    )
    assert len(lines) == 3
    # No traceback of Jinja's either.
    assert [record for record in caplog.records if record.exc_info] == []


def test_an_unknown_environment_names_the_nearest(options: dict[str, Any]) -> None:
    with pytest.raises(
        MeridianError, match=r"no environment 'locl' in pillar/environments/; did you mean 'local'\?"
    ):
        pillar_files.load_topology(options, "locl")


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("locale", "environment.extends: no environment 'locale'; did you mean 'local'?"),
        ("odd", "environment.extends: extends itself: odd > odd"),
    ],
)
def test_an_environment_extends_a_real_other_one(options: dict[str, Any], base: str, message: str) -> None:
    write(options, "environments/odd.sls", f"environment: {{extends: {base}}}")
    with pytest.raises(MeridianError) as caught:
        pillar_files.load_topology(options, "odd")
    assert str(caught.value) == f"pillar/environments/odd.sls: {message}"


def told(options: dict[str, Any], name: str, data: bytes) -> list[str]:
    (Path(options["pillar_roots"]["base"][0]) / name).write_bytes(data)
    with pytest.raises(MeridianError) as caught:
        pillar_files.load_topology(options, "local")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# a\n# Gr\366\337e\n", "line 2: byte 0xf6 is not UTF-8; save the file as UTF-8"),
        (b"a: 1\nb: {{ nosuch.foo }}\n", "line 2: cannot be rendered: Jinja variable 'nosuch' is undefined"),
        (
            b"b: {% if %}\n",
            "line 1: cannot be rendered: Jinja syntax error: Expected an expression, "
            "got 'end of statement block'",
        ),
        (b"b: {{ 1 / 0 }}\n", "line 1: cannot be rendered: Jinja error: division by zero"),
        (
            b"b: {{ 1 | nofilter }}\n",
            "line 1: cannot be rendered: Jinja syntax error: No filter named 'nofilter'.",
        ),
        (b"{% include 'nosuch.jinja' %}\n", "line 1: cannot be rendered: Jinja error: nosuch.jinja"),
        (b"pki:\n\tvalidity_days: 90\n", "line 2: a tab in the indentation; YAML wants spaces"),
        (
            b"pki:\n  a:\n   - 1\n\xc2\xa0 b\n",
            "line 4: a no-break space in the indentation; YAML wants ordinary spaces",
        ),
        (b"pki: [1, 2\n", "line 2: no YAML: did not find expected ',' or ']'"),
        (b"just words\n", "expected a mapping of sections"),
        (b"a: *nowhere\n", "line 1: no YAML: found undefined alias"),
        (b"\x00\x01", "line 1: no YAML: control characters are not allowed"),
    ],
)
def test_a_file_that_is_no_pillar_is_told_in_one_line_with_its_place(
    options: dict[str, Any], data: bytes, message: str
) -> None:
    lines = told(options, "defaults/zz.sls", data)
    assert lines == [f"pillar/defaults/zz.sls: {message}"]


def test_a_file_that_cannot_be_read_is_told(options: dict[str, Any]) -> None:
    root = Path(options["pillar_roots"]["base"][0])
    (root / "defaults/folder.sls").mkdir()
    (root / "regions/gone.sls").symlink_to("nowhere")
    with pytest.raises(MeridianError) as caught:
        pillar_files.load_topology(options, "local")
    assert str(caught.value).splitlines() == [
        "pillar/defaults/folder.sls: cannot be read: Is a directory",
        "pillar/regions/gone.sls: cannot be read: No such file or directory",
    ]


def test_a_mark_at_the_beginning_and_ends_of_lines_as_windows_has_them_are_nobodys_business(
    options: dict[str, Any],
) -> None:
    write(options, "defaults/pki.sls", "\ufeffpki: {validity_days: 90, renew_before_days: 10}\r\n")
    assert pillar_files.load_topology(options, "local").regions[0].settings["pki"]["validity_days"] == 90


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("NO", "NO is false to YAML; write it in quotes if it is a text, else write false"),
        ("on", "on is true to YAML; write it in quotes if it is a text, else write true"),
        ("12:30", "12:30 is the number 750 to YAML; write it in quotes if it is a text, else write 750"),
        ("0123", "0123 is the number 83 to YAML; write it in quotes if it is a text, else write 83"),
        ("1_000", "1_000 is the number 1000 to YAML; write it in quotes if it is a text, else write 1000"),
        ("2024-01-01", "2024-01-01 is a date to YAML; write it in quotes"),
    ],
)
def test_what_yaml_makes_of_a_text_is_told(options: dict[str, Any], written: str, message: str) -> None:
    rule = f"{{condition: {{field: c, equals: {written}}}, on_malformed: drop}}"
    text = f"flows:\n  more: {{target: central, topics: [more], filter: {rule}}}\n"
    lines = told(options, "defaults/zz.sls", text.encode())
    place = "pillar/defaults/zz.sls: flows.more.filter.condition.equals: line 2"
    assert f"{place}: {message}" in lines


def test_a_no_break_space_before_a_key_is_told(options: dict[str, Any]) -> None:
    lines = told(options, "defaults/zz.sls", b"pki:\n  validity_days: 90\n\xc2\xa0 renew: 2\n")
    assert any("line 3: key begins or ends with a no-break space" in line for line in lines), lines


def test_partitions_in_octal_are_refused(options: dict[str, Any]) -> None:
    lines = told(options, "defaults/zz.sls", b"topics: {more: {partitions: 010}}\n")
    assert lines == [
        "pillar/defaults/zz.sls: topics.more.partitions: line 1: 010 is the number 8 to YAML; write it in "
        "quotes if it is a text, else write 8"
    ]


def test_a_switch_may_be_on(options: dict[str, Any]) -> None:
    write(options, "defaults/zz.sls", "flows: {central: {offset_sync: on}}")
    assert pillar_files.load_topology(options, "local").flows[0].settings["offset_sync"] is True


def test_a_broken_file_hides_no_mistake_of_another(options: dict[str, Any]) -> None:
    write(options, "defaults/pki.sls", "pki: [1, 2\n")
    lines = told(options, "defaults/zz.sls", b"topics: {more: {partitions: -3}}\n")
    assert lines == [
        "pillar/defaults/pki.sls: line 2: no YAML: did not find expected ',' or ']'",
        "pillar/defaults/zz.sls: topics.more.partitions: expected at least 1, found -3",
    ]
