"""Secrets of apps reach Marathon and nobody else."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.marathon import apps
from meridian.services.marathon.client import MarathonClient, MarathonError
from meridian.services.marathon.secret_values import LABEL, put_in

PILLAR = {"shop:password": "hunter2hunter2", "shop:token": "t0ken-t0ken"}
APP: dict[str, Any] = {
    "id": "/web",
    "cmd": "cat conf/api.token; echo $PASSWORD; env",
    "secret_env": {"DB": "shop:password"},
    "secret_files": {"conf/api.token": "shop:token"},
}


def test_values_are_in_the_environment_and_their_names_in_a_label() -> None:
    whole = put_in(APP, PILLAR.get)
    assert whole["env"] == {"DB": "hunter2hunter2", "MERIDIAN_SECRET_FILE_0": "t0ken-t0ken"}
    assert whole["labels"] == {LABEL: "DB,MERIDIAN_SECRET_FILE_0"}
    assert not {"secret_env", "secret_files"} & set(whole)
    assert "t0ken" not in whole["cmd"]


def test_a_file_is_there_before_the_app_starts_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    whole = put_in(APP, PILLAR.get)
    done = subprocess.run(
        ["/bin/sh", "-c", whole["cmd"]],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", **whole["env"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("t0ken-t0ken")
    assert "MERIDIAN_SECRET_FILE_0" not in done.stdout
    assert (tmp_path / "conf/api.token").stat().st_mode & 0o777 == 0o600


def test_no_value_shows_in_a_plan_a_change_or_an_error(client: MarathonClient) -> None:
    todo = apps.plan(client, "/web", APP, PILLAR.get)
    apps.apply(client, todo, 10)
    changed = apps.plan(client, "/web", APP, {**PILLAR, "shop:password": "correcthorse"}.get)
    assert changed.changes == {"env.DB": {"old": "<secret>", "new": "<secret>"}}
    gone = apps.plan(client, "/web", {"cmd": "x"}, PILLAR.get)
    assert gone.changes["env.DB"] == {"old": "<secret>"}
    for one in (todo, changed, gone):
        assert not any(value in repr(one) for value in (*PILLAR.values(), "correcthorse"))


def test_what_marathon_says_of_a_secret_is_not_repeated(
    client: MarathonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise MarathonError("422 env(DB): hunter2hunter2 is too long", 422)

    monkeypatch.setattr(client, "put_app", refuse)
    with pytest.raises(MeridianError, match=r"env\(DB\): <secret> is too long") as error:
        apps.apply(client, apps.plan(client, "/web", APP, PILLAR.get))
    assert error.value.__cause__ is None


def test_variables_that_look_like_secrets_are_hidden_though_nobody_said_so(client: MarathonClient) -> None:
    app = {"cmd": "x", "env": {"API_TOKEN": "abc", "LEVEL": "info"}}
    changes = apps.plan(client, "/web", app, PILLAR.get).changes
    assert changes["env.API_TOKEN"] == {"new": "<secret>"}
    assert changes["env.LEVEL"] == {"new": "info"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"secret_env": {"DB": "shop:gone"}}, "app /web: no secret for DB in pillar at shop:gone"),
        ({"env": {"DB": "x"}}, "DB is in env and in secret_env"),
        ({"cmd": None, "args": ["x"]}, "secret_files are written before cmd runs, and it has none"),
        ({"secret_files": {"../x": "shop:token"}}, r"\.\./x is not a file in the sandbox"),
        ({"secret_files": {"/etc/x": "shop:token"}}, "/etc/x is not a file in the sandbox"),
    ],
)
def test_what_cannot_be_done_is_said(change: dict[str, Any], told: str) -> None:
    with pytest.raises(MeridianError, match=told):
        put_in(APP | change, PILLAR.get)
