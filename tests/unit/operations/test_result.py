from typing import Any

from meridian.operations import result


def orchestration(**steps: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {
            "m_master": {
                f"phase_|-{name}_|-{name}_|-runner": {"__id__": name, **step} for name, step in steps.items()
            }
        }
    }


def test_a_failed_state_on_a_node_is_named_with_node_state_and_reason() -> None:
    states = {
        "service_|-kafka_|-x_|-running": {
            "__id__": "kafka",
            "result": False,
            "changes": {},
            "comment": "Job failed.\n start-limit-hit",
        },
        "file_|-b_|-b_|-managed": {
            "__id__": "b",
            "result": False,
            "changes": {},
            "comment": "One or more requisite failed: kafka",
        },
    }
    read = result.read(
        orchestration(
            States={"result": False, "changes": {"ret": {"kafka-1.us-east.local": states}}, "comment": "x"}
        )
    )
    assert not read.ok
    assert [str(f) for f in read.failures] == [
        "States: kafka-1.us-east.local: kafka: Job failed. start-limit-hit"
    ]


def test_the_reason_of_a_runner_is_the_last_line_of_its_traceback() -> None:
    text = "Exception occurred in runner cloud.ensure: Traceback (most recent call last):\n  File x\n"
    text += "meridian.common.errors.MeridianError: no Docker engine answers"
    read = result.read(orchestration(Nodes={"result": False, "changes": {}, "comment": text}))
    assert [str(f) for f in read.failures] == ["Nodes: no Docker engine answers"]


def test_only_states_that_changed_something_count_as_changes() -> None:
    states = {
        "file_|-a_|-a_|-managed": {
            "__id__": "a",
            "result": True,
            "changes": {"diff": "New file"},
            "comment": "",
        },
        "file_|-b_|-b_|-managed": {"__id__": "b", "result": True, "changes": {}, "comment": ""},
    }
    read = result.read(
        orchestration(
            States={"result": True, "changes": {"ret": {"n1": states}}, "comment": ""},
            Nodes={"result": True, "changes": {}, "comment": ""},
            Keys={"result": True, "changes": {"changed": ["ca"]}, "comment": ""},
        )
    )
    assert read.ok
    assert sorted(read.changes) == [("Keys", "", ""), ("States", "n1", "a")]


def test_what_is_not_a_result_is_never_a_success() -> None:
    for returned in (
        {},
        {"data": {"m_master": {}}},
        {"data": {"m_master": ["Rendering SLS failed: boom"]}},
        "text",
        None,
    ):
        assert not result.read(returned).ok
        assert result.read(returned).failures


def test_a_render_error_is_quoted() -> None:
    read = result.read({"data": {"m_master": ["Rendering SLS 'base:platform.deploy' failed: boom"]}})
    assert "failed: boom" in str(read.failures[0])


def test_a_node_that_answered_with_an_error_instead_of_states_fails() -> None:
    ret = {"n1": ["Pillar failed to render with the following messages:", "boom"]}
    read = result.read(orchestration(States={"result": False, "changes": {"ret": ret}, "comment": ""}))
    assert "boom" in str(read.failures[0])
    assert "n1" in str(read.failures[0])


def test_a_node_that_did_not_answer_is_told_as_such() -> None:
    ret = {"kafka-1.us-east.local": False}
    read = result.read(orchestration(States={"result": False, "changes": {"ret": ret}, "comment": ""}))
    (failure,) = read.failures
    assert (failure.node, "did not answer in time" in failure.reason) == ("kafka-1.us-east.local", True)
