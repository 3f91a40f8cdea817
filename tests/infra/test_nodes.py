"""Each node as a machine: name, units, files and process list."""

from typing import Any

from meridian.topology.kafka_mode import MODES

from tests.infra.subjects import Subject, settings_of

SECRET = (".key", ".keystore.pem", ".p12", "credentials.json")


def test_is_called_by_its_id(facts: dict[str, Any], subject: Subject) -> None:
    assert facts["hostname"] in (subject.id, subject.id.split(".")[0])


def test_no_unit_failed(facts: dict[str, Any]) -> None:
    assert facts["failed"] == []


def test_runs_the_version_that_the_pillar_names(facts: dict[str, Any], subject: Subject) -> None:
    if subject.node and "kafka" in subject.roles:
        settings = settings_of(subject).settings["kafka"]
        assert facts["artifacts"][MODES[settings["mode"]].artifact].startswith(settings["version"])
    assert "meridian" in facts["artifacts"]


def test_no_work_dir_of_a_mesos_agent_is_full(facts: dict[str, Any], subject: Subject) -> None:
    if subject.node and "mesos-agent" in subject.roles:
        settings = settings_of(subject).settings["mesos"]
        used, most = facts["used_percent"][settings["data"]], settings["agent"]["work_dir_percent"]
        assert used <= most, (
            f"{subject.id}: work dir {settings['data']} is full, {used} % of at most {most} %"
        )


def test_keys_are_for_their_service_only(facts: dict[str, Any], subject: Subject) -> None:
    keys = {
        path: file
        for path, file in facts["files"].items()
        if path.startswith("/etc/meridian/") and path.endswith(SECRET)
    }
    assert len(keys) >= len(subject.roles), "a role without a key"
    # Any task may read its executor's; nobody but the agent of the node believes its certificate.
    keys.pop("/etc/meridian/mesos-executors/executor.key", None)
    open_to_others = {path: file["mode"] for path, file in keys.items() if file["mode"][-1] != "0"}
    assert open_to_others == {}
    writable_by_group = {path: file["mode"] for path, file in keys.items() if int(file["mode"][-2]) & 2}
    assert writable_by_group == {}


def test_no_configuration_can_be_written_by_a_service(facts: dict[str, Any]) -> None:
    loose = {
        path: (file["user"], file["mode"])
        for path, file in facts["files"].items()
        if path.startswith("/etc/meridian/")
        and "target" not in file
        and (file["user"] != "root" or int(file["mode"][-1]) & 2 or int(file["mode"][-2]) & 2)
    }
    assert loose == {}


def test_no_secret_in_the_process_list(facts: dict[str, Any], secrets: list[str]) -> None:
    shown = [
        process["pid"]
        for process in facts["processes"]
        if "PRIVATE KEY" in process["command"] or any(secret in process["command"] for secret in secrets)
    ]
    assert shown == [], "processes that show a secret (the command is not repeated here)"
