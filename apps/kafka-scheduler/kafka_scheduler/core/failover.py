"""When an instance that failed is tried again. Pure."""

from dataclasses import replace

from kafka_scheduler.core.model import Instance

#: Seconds after a launch came to nothing without the instance's own fault.
SHORT_PAUSE = 1.0


def delay(first: float, longest: float, failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: doubling from the first to the longest."""
    if failures < 1:
        return 0.0
    # 2**60 seconds are enough for everybody, and more would overflow.
    return float(min(longest, first * 2 ** min(failures - 1, 60)))


def failed(instance: Instance, now: float, problem: str) -> Instance:
    """Return an instance whose task has ended though it was asked to run.

    One that had run for longer than the delay failed for the first time again. After the last try it is
    deactivated.
    """
    want = instance.requirement
    task = instance.task
    ran = now - task.running_since if task is not None and task.running_since else 0.0
    before = 0 if ran > delay(want.failover_delay, want.failover_max_delay, instance.failures + 1) else None
    failures = (instance.failures if before is None else before) + 1
    tried = want.failover_max_tries
    return replace(
        instance,
        failures=failures,
        retry_at=now + delay(want.failover_delay, want.failover_max_delay, failures),
        active=instance.active and (tried is None or failures < tried),
        problem=problem,
    )
