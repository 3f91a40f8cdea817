"""The engine: (state, event) → (state, actions). Pure."""

from collections.abc import Callable
from dataclasses import replace

from kafka_scheduler.core import calls, reconciliation, stickiness, updates
from kafka_scheduler.core.model import Agent, Instance, TaskState
from kafka_scheduler.core.offering import offered, waiting
from kafka_scheduler.core.plans import Advice, advance
from kafka_scheduler.core.state import (
    Action,
    AgentLost,
    Disconnected,
    Event,
    InverseOffers,
    Observed,
    Offers,
    Removed,
    Service,
    Settings,
    State,
    Subscribed,
    Updated,
)
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.core.updates import Status

# What Mesos says of a host, not of a task on it.
_HOST_LOST = ("TASK_UNREACHABLE", "TASK_UNKNOWN", "TASK_GONE_BY_OPERATOR")
# A look at the cluster tells nothing of what has failed since.
_FRESH_SECONDS = 10.0
_HOST_REASONS = ("REASON_AGENT_REMOVED", "REASON_SLAVE_REMOVED", "REASON_AGENT_REMOVED_BY_OPERATOR")


def step(
    state: State, event: Event, now: float, settings: Settings, service: Service, new_id: Callable[[], str]
) -> tuple[State, tuple[Action, ...]]:
    """Return the state after an event, and what is to be done about it, in this order."""
    turn = Turn(state, now, settings, service, new_id)
    handle(turn, event)
    return turn.finish()


def handle(turn: Turn, event: Event) -> None:
    """Take an event into a turn."""
    if isinstance(event, Offers):
        offered(turn, event.offers)
    elif isinstance(event, Updated):
        _updated(turn, event.status)
    elif isinstance(event, Subscribed):
        turn.framework(event.framework_id)
        turn.count("subscriptions")
        turn.set(
            connected=True,
            # A new subscription begins with offers wanted.
            suppressed=False,
            eager=False,
            subscription=turn.state.subscription + 1,
            reconciliation=reconciliation.Reconciliation(due=turn.now),
        )
        tick(turn)
    elif isinstance(event, Disconnected):
        turn.set(connected=False)
    elif isinstance(event, Removed):
        _removed(turn)
    elif isinstance(event, AgentLost):
        _note_lost(turn, event.agent_id, "")
    elif isinstance(event, InverseOffers):
        turn.call(calls.accept_inverse(list(event.offers)))
    elif isinstance(event, Observed):
        turn.set(observation=event.observation)
        run_plans(turn)
    else:
        tick(turn)


def tick(turn: Turn) -> None:
    """Do what time has brought: ask again, give up, kill again, go on with plans, ask for offers."""
    if turn.state.connected:
        _reconcile(turn)
        _kill_again(turn)
    _give_up_hosts(turn)
    _give_up_data(turn)
    run_plans(turn)
    ask_for_offers(turn)


def ask_for_offers(turn: Turn) -> None:
    """Have offers sent again when somebody has begun to wait, or something is to be released."""
    state = turn.state
    if not state.connected or (state.eager and not state.suppressed):
        return
    wait = bool(waiting(state, turn.now))
    if wait or (state.releases and state.suppressed):
        turn.call(calls.REVIVE)
        turn.set(suppressed=False, eager=wait)


def run_plans(turn: Turn) -> None:
    """Go on with each plan that is not over."""
    for plan in turn.state.plans:
        if plan.is_over:
            continue
        advice = Advice(
            turn.now,
            turn.state.instances,
            lambda one: _ask(turn, one, turn.service.why_not_stop),
            lambda one: _ask(turn, one, turn.service.why_not_whole),
        )
        new, commands = advance(plan, advice)
        if new != plan:
            turn.put_plan(new)
        for command in commands:
            carry_out(turn, command.action, command.instance)


def carry_out(turn: Turn, action: str, name: str) -> None:
    """Start, stop or restart an instance now."""
    instance = turn.state.instances[name]
    if action == "start":
        if not instance.active:
            turn.put(replace(instance, active=True, failures=0, retry_at=0.0, problem=""))
        ask_for_offers(turn)
        return
    if action == "stop":
        instance = replace(instance, active=False, failures=0, retry_at=0.0)
        turn.put(instance)
    turn.kill(instance)


def _ask(turn: Turn, name: str, ask: Callable[..., str]) -> str:
    """Ask the service, who must have looked lately, and after the last change that we know of."""
    state = turn.state
    oldest = max(state.disturbed, turn.now - _FRESH_SECONDS)
    if state.observation is None or state.observation.taken_at <= oldest:
        return "waits for a look at the cluster"
    return ask(name, state.observation, state.instances)


def _updated(turn: Turn, status: Status) -> None:
    """Take a status in; it is acknowledged after what it changed is stored.

    A task that runs and is no instance's present one is killed: it is of a host that was given up.
    """
    turn.count("updates")
    if status.uuid:
        turn.call_last(calls.acknowledge(status))
    owner = next(
        (one for one in turn.state.instances.values() if one.task and one.task.id == status.task_id), None
    )
    if status.state in _HOST_LOST or status.reason in _HOST_REASONS:
        _note_lost(turn, status.agent_id, owner.task.hostname if owner and owner.task else "")
    if owner is None:
        _not_ours_now(turn, status)
        return
    after = updates.apply(owner, status, turn.now, turn.state.subscription)
    turn.put(after)
    _note_change(turn, owner, after)


def _not_ours_now(turn: Turn, status: Status) -> None:
    """Take in the status of a task that no instance has."""
    abandoned = turn.state.abandoned.get(status.task_id)
    if status.state not in _HOST_LOST:
        # It may have served as the broker that it was.
        turn.set(disturbed=turn.now)
    if abandoned is not None:
        if status.is_terminal:
            turn.drop_abandoned(status.task_id)
            ask_for_offers(turn)
        else:
            away, confirmed = status.state in _HOST_LOST, turn.state.subscription
            turn.put_abandoned(replace(abandoned, away=away, confirmed=confirmed))
    if not status.is_terminal and status.state not in _HOST_LOST:
        turn.call(calls.kill(status.task_id, status.agent_id))
        turn.count("strangers")


def _note_change(turn: Turn, before: Instance, after: Instance) -> None:
    if after.failures > before.failures:
        turn.count("failures")
    was = before.task.state if before.task else None
    now = after.task.state if after.task else None
    if was is not now and TaskState.RUNNING in (was, now):
        turn.set(disturbed=turn.now)
    if after.task is None:
        killed = {key: at for key, at in turn.state.killed.items() if before.task and key != before.task.id}
        turn.set(killed=killed)
        ask_for_offers(turn)
    elif was is TaskState.UNREACHABLE and now is not was:
        _note_found(turn, after.task.agent_id)
    run_plans(turn)


def _note_lost(turn: Turn, agent_id: str, hostname: str) -> None:
    agent = turn.state.agents.get(agent_id) or Agent(agent_id, hostname)
    if agent_id and not agent.lost:
        turn.set(agents={**turn.state.agents, agent_id: replace(agent, lost=turn.now)})


def _note_found(turn: Turn, agent_id: str) -> None:
    agent = turn.state.agents.get(agent_id)
    if agent is not None and agent.lost:
        turn.set(agents={**turn.state.agents, agent_id: replace(agent, lost=0.0)})


def _removed(turn: Turn) -> None:
    """The master has ended every task with the framework: begin as a new one, with the same instances.

    An agent that was not there then is told when it comes back, before it may offer anything.
    """
    turn.framework("")
    turn.set(connected=False)
    for instance in list(turn.state.instances.values()):
        if instance.task is not None:
            status = Status(
                instance.task.id, instance.task.agent_id, "TASK_LOST", message="the framework was removed"
            )
            turn.put(updates.apply(instance, status, turn.now, turn.state.subscription))


def _reconcile(turn: Turn) -> None:
    state, settings = turn.state, turn.settings
    at = state.reconciliation
    if not at.over and turn.now >= at.due:
        missing = reconciliation.unanswered(
            state.instances.values(), state.abandoned.values(), state.subscription
        )
        if at.attempts and not missing:
            turn.set(reconciliation=replace(at, over=True))
        elif at.attempts >= settings.reconciliation_attempts:
            turn.set(reconciliation=replace(at, over=True))
            for task_id, agent_id in missing.items():
                # No answer is what an unreachable host is.
                _updated(turn, Status(task_id, agent_id, "TASK_UNREACHABLE"))
        else:
            if not at.attempts:
                # All tasks of the framework, those among them that we do not know of.
                turn.call(calls.reconcile(()))
            if missing:
                turn.call(calls.reconcile(reconciliation.request(missing)))
            limits = (settings.reconciliation_attempts, settings.reconciliation_timeout)
            turn.set(reconciliation=reconciliation.next_attempt(at, turn.now, *limits))
    if turn.now >= state.doubts_due:
        turn.set(doubts_due=turn.now + reconciliation.AGAIN_SECONDS)
        doubtful = reconciliation.doubtful(
            turn.state.instances.values(), turn.state.abandoned.values(), turn.now
        )
        if doubtful:
            turn.call(calls.reconcile(reconciliation.request(doubtful)))


def _kill_again(turn: Turn) -> None:
    """A kill that got lost on its way is sent again."""
    for instance in list(turn.state.instances.values()):
        task = instance.task
        if task is None or not task.kill_asked:
            continue
        if turn.now >= turn.state.killed.get(task.id, 0.0) + turn.settings.kill_again:
            turn.kill(instance)


def _give_up_hosts(turn: Turn) -> None:
    """An instance without data leaves a host that has been lost for long enough."""
    for instance in list(turn.state.instances.values()):
        task = instance.task
        if task is None or task.state is not TaskState.UNREACHABLE:
            continue
        late = turn.now >= task.unreachable_since + instance.requirement.host_lost_period
        if late and not any(one.used for one in stickiness.bound_volumes(instance, {}, turn.now)):
            turn.give_up_host(instance)


def _give_up_data(turn: Turn) -> None:
    """An instance leaves its data on a host that has been lost for long enough, when others have them."""
    for name in sorted(turn.state.instances):
        instance = turn.state.instances[name]
        lost = stickiness.given_up_volumes(instance, turn.state.agents, turn.now)
        if lost and not _ask(turn, name, turn.service.why_not_without):
            for volume in lost:
                instance = turn.give_up_volume(instance, volume)
            ask_for_offers(turn)
