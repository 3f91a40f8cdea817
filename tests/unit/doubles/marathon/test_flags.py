"""The double takes what Marathon takes, and refuses what Marathon refuses."""

from pathlib import Path

import pytest

from tests.doubles.mesos.marathon.flags import load

LEAST = {"MARATHON_MASTER": "zk://localhost:2181/mesos"}


def test_variables_are_flags_and_empty_ones_are_switches(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("word")
    settings = load(
        ["--https_port", "9443"],
        LEAST
        | {
            "MARATHON_DISABLE_HTTP": "",
            "MARATHON_SSL_KEYSTORE_PATH": "/k.p12",
            "MARATHON_SSL_KEYSTORE_PASSWORD": "p",
            "MARATHON_HTTP_CREDENTIALS": "admin:pass:word",
            "MARATHON_MESOS_AUTHENTICATION": "",
            "MARATHON_MESOS_AUTHENTICATION_PRINCIPAL": "marathon",
            "MARATHON_MESOS_AUTHENTICATION_SECRET_FILE": str(secret),
            "MARATHON_HOSTNAME": "one",
            "MARATHON_APP_ID": "/not/a/flag",
            "OTHER": "x",
        },
    )
    assert (settings.http_port, settings.address, settings.scheme) == (None, "one:9443", "https")
    assert settings.credentials == ("admin", "pass:word")
    assert (settings.principal, settings.secret) == ("marathon", "word")


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        ([], {}, "Required option 'master' not found"),
        ([], LEAST | {"MARATHON_HEAP": "5"}, "Unknown option 'heap'"),
        (["--zk", "a", "--zk", "b"], LEAST, "Option 'zk' specified more than once"),
        (["--zk"], LEAST, "Bad arguments for option 'zk'"),
        (["start"], LEAST, "Excess arguments provided: 'start'"),
        (["--disable_http"], LEAST, "Neither HTTP nor HTTPS support has been configured"),
        (["--https_port", "many"], LEAST, "bad arguments: invalid literal"),
        (["--http_credentials", "admin"], LEAST, "expected username:password"),
    ],
)
def test_what_is_wrong_ends_it(
    arguments: list[str], environment: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "--https_port" in arguments:
        environment = environment | {"MARATHON_SSL_KEYSTORE_PATH": "k", "MARATHON_SSL_KEYSTORE_PASSWORD": "p"}
    with pytest.raises(SystemExit):
        load(arguments, environment)
    assert told in capsys.readouterr().err
