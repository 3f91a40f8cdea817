"""Why an app is not as it is meant to be: one line of what Marathon knows of it."""

from collections.abc import Iterable, Mapping
from typing import Any

_MOST_NAMED = 4


def why(
    app: Mapping[str, Any], waiting: Mapping[str, Any] | None = None, tasks: Iterable[Mapping[str, Any]] = ()
) -> str:
    """Return why an app is not running whole and healthy; empty when it is.

    :param app: the app with its counts and its last failure.
    :param waiting: its entry in Marathon's queue, when it is in there.
    :param tasks: its tasks, with the results of their health checks.
    """
    tasks = list(tasks)
    told = [*_offers(app, waiting), *_checks(tasks), *_failure(app, waiting, tasks)]
    wanted, running = int(app.get("instances", 1)), int(app.get("tasksRunning", 0))
    healthy = int(app.get("tasksHealthy", 0))
    checked = bool(app.get("healthChecks"))
    if running >= wanted and (not checked or healthy >= wanted):
        return ""
    counts = f"{running} of {wanted} tasks run" + (f", {healthy} healthy" if checked else "")
    return "; ".join([counts, *told])


def unused_offers(app: Mapping[str, Any], waiting: Mapping[str, Any]) -> str:
    """Return why Marathon declined the offers that it looked at for an app; empty when it declined none."""
    by_reason: dict[str, list[str]] = {}
    for one in waiting.get("lastUnusedOffers") or []:
        for reason in one.get("reason") or []:
            hosts = by_reason.setdefault(reason, [])
            host = str((one.get("offer") or {}).get("hostname", "?"))
            if host not in hosts:
                hosts.append(host)
    if by_reason:
        return ", ".join(
            f"{_meaning(reason, app)} on {_named(hosts)}" for reason, hosts in sorted(by_reason.items())
        )
    summary = (waiting.get("processedOffersSummary") or {}).get("rejectSummaryLastOffers") or []
    return ", ".join(
        f"{_meaning(step['reason'], app)} ({step['declined']} of {step['processed']} offers)"
        for step in summary
        if step.get("declined")
    )


def _offers(app: Mapping[str, Any], waiting: Mapping[str, Any] | None) -> list[str]:
    if not waiting or not waiting.get("count", 1):
        return []
    left = int((waiting.get("delay") or {}).get("timeLeftSeconds", 0))
    if left > 0:
        return [f"next start in {left} s, backed off after failures"]
    declined = unused_offers(app, waiting)
    if declined:
        return [f"offers declined: {declined}"]
    seen = (waiting.get("processedOffersSummary") or {}).get("processedOffersCount", 0)
    if seen or app.get("lastTaskFailure"):
        return []
    return ["Mesos has made no offer yet; are agents registered, and free?"]


def _checks(tasks: Iterable[Mapping[str, Any]]) -> list[str]:
    failing = []
    for task in tasks:
        for result in task.get("healthCheckResults") or []:
            if result.get("alive") is False:
                failing.append(f"{_address(task)} {_failed(result)}")
    left = len(failing) - _MOST_NAMED
    return failing[:_MOST_NAMED] + ([f"and {left} more"] if left > 0 else [])


def _fails_unexplained(task: Mapping[str, Any]) -> bool:
    return any(
        one.get("alive") is False and not one.get("lastFailureCause")
        for one in task.get("healthCheckResults") or []
    )


def _failed(result: Mapping[str, Any]) -> str:
    """Say what Marathon knows of a check; of one that Mesos carries out, no more than that it failed."""
    cause = " ".join(str(result.get("lastFailureCause") or "").split())
    times = int(result.get("consecutiveFailures") or 0)
    if not times and not cause:
        return "failed its health check, which Mesos carries out: see its stderr"
    return f"failed its health check {max(times, 1)} times: {cause or 'no answer'}"


def _failure(
    app: Mapping[str, Any], waiting: Mapping[str, Any] | None, tasks: Iterable[Mapping[str, Any]]
) -> list[str]:
    failure, tasks = app.get("lastTaskFailure"), list(tasks)
    if not failure:
        return []
    started = [str(task.get("startedAt") or "") for task in tasks]
    wanted = int(app.get("instances", 1))
    # One that all tasks have outlived is history, but where they fail their checks and nobody says why.
    outlived = len(started) >= wanted and all(one > str(failure["timestamp"]) for one in started)
    if not waiting and outlived and not any(map(_fails_unexplained, tasks)):
        return []
    message = " ".join(str(failure.get("message") or "no message").split())
    where = f"on {failure.get('host') or 'unknown host'} at {failure.get('timestamp', '?')}"
    return [f"last failure {failure.get('state', '?')} {where}: {message}"]


def _meaning(reason: str, app: Mapping[str, Any]) -> str:
    """Return one of Marathon's reasons in words, with what the app wants of it."""
    constraints = " and ".join(" ".join(map(str, one)) for one in app.get("constraints") or [])
    ports = ", ".join(str(one.get("port")) for one in app.get("portDefinitions") or [] if one.get("port"))
    roles = ", ".join(app.get("acceptedResourceRoles") or [str(app.get("role", "*"))])
    known = {
        "InsufficientCpus": f"not enough cpus (wants {_amount(app, 'cpus')})",
        "InsufficientMemory": f"not enough memory (wants {_amount(app, 'mem')} MiB)",
        "InsufficientDisk": f"not enough disk (wants {_amount(app, 'disk')} MiB)",
        "InsufficientGpus": f"not enough GPUs (wants {_amount(app, 'gpus')})",
        "InsufficientPorts": f"ports not free ({ports})" if ports else "not enough free ports",
        "UnfulfilledRole": f"no resources of role {roles}",
        "UnfulfilledConstraint": f"constraint not met ({constraints})",
        "NoCorrespondingReservationFound": "no reservation of the app's",
        "AgentMaintenance": "in maintenance",
        "DeclinedScarceResources": "kept for those who want its GPUs",
    }
    return known.get(reason, reason)


def _amount(app: Mapping[str, Any], key: str) -> str:
    """Return what an app wants of something as people write it: 64, where Marathon has 64.0."""
    wanted = float(app.get(key) or 0)
    return str(int(wanted) if wanted.is_integer() else wanted)


def _named(hosts: list[str]) -> str:
    left = len(hosts) - _MOST_NAMED
    return ", ".join(hosts[:_MOST_NAMED]) + (f" and {left} more" if left > 0 else "")


def _address(task: Mapping[str, Any]) -> str:
    ports = task.get("ports") or []
    return f"{task.get('host', '?')}:{ports[0]}" if ports else str(task.get("host", "?"))
