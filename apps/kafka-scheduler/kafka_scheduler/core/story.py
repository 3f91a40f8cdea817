"""What has changed, in words, for the log. Pure."""

from kafka_scheduler.core.model import Instance, TaskState
from kafka_scheduler.core.state import State


def tell(before: State, after: State) -> list[str]:
    """Return what has become of instances and plans, a line each."""
    lines = []
    if before.instances is not after.instances:
        for name in before.instances.keys() | after.instances.keys():
            was, now = before.instances.get(name), after.instances.get(name)
            if was is not now and (line := _instance(was, now)):
                lines.append(f"{name}: {line}")
    plans = {one.id: one for one in before.plans}
    for plan in after.plans:
        old = plans.get(plan.id)
        if old is not plan and (old is None or old.status is not plan.status):
            lines.append(f"plan {plan.id} is {plan.status}")
    return lines


def _instance(was: Instance | None, now: Instance | None) -> str:
    if was is None:
        return "added"
    if now is None:
        return "removed"
    return _ended(was, now) if now.task is None else _task(was, now)


def _ended(was: Instance, now: Instance) -> str:
    if was.task is None:
        return "" if was.active is now.active else ("started" if now.active else "stopped")
    text = f"task {was.task.id} on {was.task.hostname} has ended"
    if now.problem:
        text += f": {now.problem}"
    if not now.active and was.active:
        text += f"; deactivated after {now.failures} failures"
    elif now.active and now.failures and now.retry_at > now.ended > 0:
        text += f"; failure {now.failures}, is tried again in {now.retry_at - now.ended:.0f} s"
    return text


def _task(was: Instance, now: Instance) -> str:
    assert now.task is not None
    if was.task is None or was.task.id != now.task.id:
        return f"launching task {now.task.id} on {now.task.hostname}"
    if now.task.kill_asked and not was.task.kill_asked:
        return f"ending task {now.task.id} on {now.task.hostname}"
    if now.task.state is was.task.state:
        return ""
    if now.task.state is TaskState.UNREACHABLE:
        return f"host {now.task.hostname} cannot be reached; its task may run on"
    return f"task {now.task.id} is {now.task.state}"
