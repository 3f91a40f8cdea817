"""Why an app is not healthy, in one line."""

from typing import Any

import pytest
from meridian.services.marathon.reasons import why

Json = dict[str, Any]
FAILURE = {
    "state": "TASK_FAILED",
    "host": "agent-2",
    "timestamp": "2026-11-21T18:00:00.000Z",
    "message": "Command exited\n with status 3",
}
APP: Json = {
    "id": "/web",
    "instances": 3,
    "cpus": 4,
    "mem": 512,
    "constraints": [["hostname", "UNIQUE"]],
    "tasksRunning": 1,
}


def unused(host: str, *reasons: str) -> Json:
    return {"offer": {"hostname": host}, "reason": list(reasons)}


CASES: dict[str, tuple[Json, Json | None, list[Json], str]] = {
    "all run": ({"tasksRunning": 3}, None, [], ""),
    "all run, one is not healthy": (
        {"tasksRunning": 3, "tasksHealthy": 2, "healthChecks": [{}]},
        None,
        [
            {
                "host": "agent-1",
                "ports": [31007],
                "healthCheckResults": [
                    {"alive": False, "consecutiveFailures": 4, "lastFailureCause": "503 from\n agent-1"}
                ],
            },
            {"host": "agent-2", "healthCheckResults": [{"alive": True}]},
        ],
        "3 of 3 tasks run, 2 healthy; agent-1:31007 failed its health check 4 times: 503 from agent-1",
    ),
    "a check that Mesos carries out, of which Marathon knows no cause": (
        {
            "tasksRunning": 3,
            "tasksHealthy": 2,
            "healthChecks": [{}],
            "lastTaskFailure": {**FAILURE, "message": "Health check failed: curl: No such file or directory"},
        },
        None,
        [
            {
                "host": "agent-1",
                "ports": [31007],
                "startedAt": "2026-11-21T18:00:31.000Z",
                "healthCheckResults": [{"alive": False, "consecutiveFailures": 0, "lastFailureCause": ""}],
            },
            {"host": "agent-2", "startedAt": "2026-11-21T18:00:32.000Z"},
            {"host": "agent-3", "startedAt": "2026-11-21T18:00:33.000Z"},
        ],
        "3 of 3 tasks run, 2 healthy; agent-1:31007 failed its health check, which Mesos carries out: see "
        "its stderr; last failure TASK_FAILED on agent-2 at 2026-11-21T18:00:00.000Z: Health check failed: "
        "curl: No such file or directory",
    ),
    "offers that will not do": (
        {},
        {
            "delay": {"timeLeftSeconds": 0},
            "lastUnusedOffers": [
                unused("agent-1", "InsufficientCpus"),
                unused("agent-2", "UnfulfilledConstraint", "InsufficientCpus"),
            ],
        },
        [],
        "1 of 3 tasks run; offers declined: not enough cpus (wants 4) on agent-1, agent-2, "
        "constraint not met (hostname UNIQUE) on agent-2",
    ),
    "an older Marathon, which tells counts only": (
        {},
        {
            "processedOffersSummary": {
                "processedOffersCount": 9,
                "rejectSummaryLastOffers": [
                    {"reason": "UnfulfilledRole", "declined": 0, "processed": 3},
                    {"reason": "InsufficientMemory", "declined": 2, "processed": 3},
                ],
            }
        },
        [],
        "1 of 3 tasks run; offers declined: not enough memory (wants 512 MiB) (2 of 3 offers)",
    ),
    "no offers at all": (
        {},
        {"processedOffersSummary": {"processedOffersCount": 0}},
        [],
        "1 of 3 tasks run; Mesos has made no offer yet; are agents registered, and free?",
    ),
    "backed off after a failure": (
        {"lastTaskFailure": FAILURE},
        {"delay": {"timeLeftSeconds": 12}},
        [],
        "1 of 3 tasks run; next start in 12 s, backed off after failures; "
        "last failure TASK_FAILED on agent-2 at 2026-11-21T18:00:00.000Z: Command exited with status 3",
    ),
    "a failure that all tasks have outlived": (
        {"tasksRunning": 3, "tasksHealthy": 0, "healthChecks": [{}], "lastTaskFailure": FAILURE},
        None,
        [{"startedAt": "2026-11-21T18:00:01.000Z"}] * 3,
        "3 of 3 tasks run, 0 healthy",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_why(case: tuple[Json, Json | None, list[Json], str]) -> None:
    app, waiting, tasks, told = case
    assert why(APP | app, waiting, tasks) == told


def test_a_long_list_of_hosts_is_cut() -> None:
    offers = [unused(f"agent-{number}", "InsufficientCpus") for number in range(9)]
    told = why(APP, {"lastUnusedOffers": offers})
    assert told.endswith("on agent-0, agent-1, agent-2, agent-3 and 5 more")
