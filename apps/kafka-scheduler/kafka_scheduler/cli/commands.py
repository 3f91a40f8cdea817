"""The table of commands: what each asks of which route, and how its answer is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.api.routes import ROUTES
from kafka_scheduler.cli import show
from kafka_scheduler.cli.show import Lines

_ROUTES = {one.path: one for one in ROUTES}

#: Shows an answer: the answer, the options as they were given → lines.
Show = Callable[[Any, dict[str, str]], Lines]


@dataclass(frozen=True)
class Command:
    """A command.

    :ivar words: what it is called by: ``broker add``.
    :ivar arguments: parameters that are given without a flag, in their order; the first ``needed`` must be.
    :ivar shorts: other, older words for it.
    :ivar own: options that only the command line knows.
    """

    words: tuple[str, ...]
    path: str
    show: Show
    arguments: tuple[str, ...] = ()
    needed: int = 0
    shorts: tuple[tuple[str, ...], ...] = ()
    fixed: dict[str, str] = field(default_factory=dict)
    own: tuple[Parameter, ...] = ()

    @property
    def summary(self) -> str:
        """What it does."""
        return _ROUTES[self.path].summary

    def options(self) -> tuple[Parameter, ...]:
        """Return what may be given with a flag."""
        known = _ROUTES[self.path].parameters
        return tuple(one for one in known if one.name not in (*self.arguments, *self.fixed)) + self.own

    def parameters(self) -> dict[str, Parameter]:
        """Return all that the route takes."""
        return {one.name: one for one in _ROUTES[self.path].parameters}


def _title(done: str) -> Show:
    def shown(answer: Any, _: dict[str, str]) -> Lines:
        return show.brokers(("brokers " if len(answer["brokers"]) > 1 else "broker ") + done, answer)

    return shown


def _listed(answer: Any, options: dict[str, str]) -> Lines:
    title = "brokers" if len(answer["brokers"]) > 1 else "broker"
    return show.brokers(title, answer, "quiet" in options)


def _topics(done: str) -> Show:
    def shown(answer: Any, options: dict[str, str]) -> Lines:
        title = "topics" if len(answer["topics"]) > 1 else "topic"
        return show.topics(f"{title} {done}".strip(), answer, "quiet" in options)

    return shown


def _removed(answer: Any, _: dict[str, str]) -> Lines:
    if "moves" in answer:
        return show.move("evacuation", answer)
    done = "would be removed" if answer["status"] == "planned" else "removed"
    return [f"{'brokers' if len(answer['ids']) > 1 else 'broker'} {','.join(answer['ids'])} {done}"]


_QUIET = Parameter("quiet", "one line each", "boolean")
_OUTCOME: Show = lambda answer, _: show.outcome(answer)  # noqa: E731
_PLAN: Show = lambda answer, _: show.plan(answer)  # noqa: E731
_DONE: Show = lambda answer, _: [f"scheduler {answer['status']}"]  # noqa: E731


def _broker(action: str, shown: Show, *arguments: str, **more: Any) -> Command:
    more.setdefault("needed", len(arguments) or 1)
    names = arguments or ("broker",)
    return Command(("broker", action), f"/api/broker/{action}", shown, names, shorts=((action,),), **more)


def _plan(action: str, *arguments: str) -> Command:
    names = ("plan", *arguments)
    return Command(("plan", action), f"/api/plan/{action}", _PLAN, names, len(names))


COMMANDS = (
    Command(
        ("broker", "list"),
        "/api/broker/list",
        _listed,
        ("broker",),
        shorts=(("status",), ("list",), ("broker", "status")),
        own=(_QUIET,),
    ),
    _broker("add", _title("added")),
    _broker("update", _title("updated")),
    _broker("clone", _title("added")),
    _broker("remove", _removed),
    _broker("start", _OUTCOME),
    _broker("stop", _OUTCOME),
    _broker("restart", _OUTCOME),
    _broker("log", lambda answer, _: [answer["content"].rstrip("\n")]),
    _broker("metrics", lambda answer, _: show.metrics(answer)),
    Command(
        ("broker", "give-up-volume"),
        "/api/broker/volume/give-up",
        _title("without the volume"),
        ("broker", "volume"),
        2,
    ),
    Command(("topic", "list"), "/api/topic/list", _topics(""), ("topic",), own=(_QUIET,)),
    Command(("topic", "add"), "/api/topic/add", _topics("added"), ("topic",), 1),
    Command(("topic", "update"), "/api/topic/update", _topics("updated"), ("topic",), 1),
    Command(
        ("topic", "delete"),
        "/api/topic/delete",
        lambda answer, _: [f"topic {answer['topic']} deleted"],
        ("topic", "confirm"),
        1,
    ),
    Command(
        ("topic", "partitions"),
        "/api/partition/list",
        lambda answer, _: show.partitions(answer),
        ("topic",),
        shorts=(("partition", "list"),),
    ),
    Command(
        ("topic", "grow"),
        "/api/partition/add",
        lambda answer, _: show.partitions(answer),
        ("topic",),
        1,
        shorts=(("partition", "add"),),
    ),
    Command(
        ("topic", "rebalance"),
        "/api/topic/rebalance",
        lambda answer, _: show.move("rebalance", answer),
        ("topic",),
        1,
    ),
    Command(
        ("topic", "realign"),
        "/api/topic/realign",
        lambda answer, _: show.move("realign", answer),
        ("topic",),
        1,
    ),
    Command(("topic", "cancel"), "/api/topic/cancel", lambda answer, _: show.move("move", answer)),
    Command(
        ("rebalance",),
        "/api/topic/rebalance",
        lambda answer, _: show.move("rebalance", answer),
        ("broker",),
        1,
    ),
    Command(("quota", "list"), "/api/quota/list", lambda answer, _: show.quotas(answer)),
    Command(
        ("quota", "set"),
        "/api/quota/set",
        lambda answer, _: show.quotas(answer),
        ("entityType", "entity"),
        2,
    ),
    Command(("plan", "list"), "/api/plan/list", lambda answer, _: show.plans(answer)),
    _plan("pause"),
    _plan("continue"),
    _plan("force", "broker"),
    _plan("cancel"),
    Command(("scheduler", "stop"), "/api/scheduler/stop", _DONE),
    Command(
        ("scheduler", "loglevel"),
        "/api/loglevel",
        lambda answer, _: [f"{answer['logger']}: {answer['level']}"],
        ("level",),
    ),
    Command(("scheduler", "health"), "/health", lambda answer, _: [answer["status"]]),
)
