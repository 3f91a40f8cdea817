"""The table of commands: what each asks of which route, and how its answer is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.api.routes import ROUTES
from kafka_scheduler.cli import show
from kafka_scheduler.cli.show import Lines
from kafka_scheduler.elasticsearch.routes import PREFIX as ELASTIC
from kafka_scheduler.elasticsearch.routes import ROUTES as ELASTIC_ROUTES

_ROUTES = {one.path: one for one in (*ROUTES, *ELASTIC_ROUTES)}

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
    own: tuple[Parameter, ...] = ()

    @property
    def elastic(self) -> bool:
        """Whether it is the scheduler of Elasticsearch that is asked."""
        return self.path.startswith(f"{ELASTIC}/")

    @property
    def summary(self) -> str:
        """What it does."""
        return _ROUTES[self.path].summary

    def options(self) -> tuple[Parameter, ...]:
        """Return what may be given with a flag."""
        known = _ROUTES[self.path].parameters
        return tuple(one for one in known if one.name not in self.arguments) + self.own

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


def _by(lines: Callable[[Any], Lines]) -> Show:
    """Show an answer whatever the options."""
    return lambda answer, _: lines(answer)


def _move(verb: str) -> Show:
    return lambda answer, _: show.move(verb, answer)


def _broker(action: str, shown: Show, *arguments: str, **more: Any) -> Command:
    more.setdefault("needed", len(arguments) or 1)
    names = arguments or ("broker",)
    return Command(("broker", action), f"/api/broker/{action}", shown, names, shorts=((action,),), **more)


def _plan(action: str, *arguments: str) -> Command:
    names = ("plan", *arguments)
    return Command(("plan", action), f"/api/plan/{action}", _by(show.plan), names, len(names))


def _nodes(done: str) -> Show:
    return lambda answer, options: show.nodes(
        ("nodes " if len(answer["nodes"]) > 1 else "node ") + done, answer, "quiet" in options
    )


def _elastic(words: str, shown: Show, *arguments: str, **more: Any) -> Command:
    more.setdefault("needed", len(arguments))
    path = f"{ELASTIC}/{words.replace(' ', '/')}"
    return Command(("elasticsearch", *words.split()), path, shown, arguments, **more)


_ELASTIC_COMMANDS = (
    _elastic("node list", _nodes(""), "node", needed=0, own=(_QUIET,)),
    _elastic("node add", _nodes("added"), "node"),
    _elastic("node update", _nodes("updated"), "node"),
    _elastic("node remove", lambda answer, _: [f"node {','.join(answer['ids'])} removed"], "node"),
    _elastic("node start", _by(show.nodes_outcome), "node"),
    _elastic("node stop", _by(show.nodes_outcome), "node"),
    _elastic("node restart", _by(show.nodes_outcome), "node"),
    _elastic("node log", lambda answer, _: [answer["content"].rstrip("\n")], "node"),
    Command(
        ("elasticsearch", "node", "give-up-volume"),
        f"{ELASTIC}/node/volume/give-up",
        lambda answer, _: (
            show.nodes("node without the volume", answer) if answer["nodes"] else ["the volume is given up"]
        ),
        ("node", "volume"),
        2,
    ),
    _elastic("cluster", _by(show.cluster)),
    _elastic("plan list", _by(show.plans)),
    _elastic("plan pause", _by(show.plan), "plan"),
    _elastic("plan continue", _by(show.plan), "plan"),
    _elastic("plan force", _by(show.plan), "plan", "node"),
    _elastic("plan cancel", _by(show.plan), "plan"),
    Command(
        ("elasticsearch", "shutdown"),
        f"{ELASTIC}/scheduler/stop",
        _by(lambda answer: [f"scheduler {answer['status']}"]),
    ),
    _elastic("loglevel", lambda answer, _: [f"{answer['logger']}: {answer['level']}"], "level", needed=0),
    _elastic("health", lambda answer, _: [answer["status"]]),
)

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
    _broker("start", _by(show.outcome)),
    _broker("stop", _by(show.outcome)),
    _broker("restart", _by(show.outcome)),
    _broker("log", lambda answer, _: [answer["content"].rstrip("\n")]),
    _broker("metrics", _by(show.metrics)),
    Command(
        ("broker", "give-up-volume"),
        "/api/broker/volume/give-up",
        lambda answer, _: (
            show.brokers("broker without the volume", answer)
            if answer["brokers"]
            else ["the volume is given up"]
        ),
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
        _by(show.partitions),
        ("topic",),
        shorts=(("partition", "list"),),
    ),
    Command(
        ("topic", "grow"),
        "/api/partition/add",
        _by(show.partitions),
        ("topic",),
        1,
        shorts=(("partition", "add"),),
    ),
    Command(
        ("topic", "rebalance"),
        "/api/topic/rebalance",
        _move("rebalance"),
        ("topic",),
        1,
    ),
    Command(
        ("topic", "realign"),
        "/api/topic/realign",
        _move("realign"),
        ("topic",),
        1,
    ),
    Command(("topic", "cancel"), "/api/topic/cancel", _move("move")),
    Command(
        ("rebalance",),
        "/api/topic/rebalance",
        _move("rebalance"),
        ("broker",),
        1,
    ),
    Command(("quota", "list"), "/api/quota/list", _by(show.quotas)),
    Command(
        ("quota", "set"),
        "/api/quota/set",
        _by(show.quotas),
        ("entityType", "entity"),
        2,
    ),
    Command(("plan", "list"), "/api/plan/list", _by(show.plans)),
    _plan("pause"),
    _plan("continue"),
    _plan("force", "broker"),
    _plan("cancel"),
    Command(("shutdown",), "/api/scheduler/stop", _by(lambda answer: [f"scheduler {answer['status']}"])),
    Command(
        ("loglevel",),
        "/api/loglevel",
        lambda answer, _: [f"{answer['logger']}: {answer['level']}"],
        ("level",),
    ),
    Command(("health",), "/health", lambda answer, _: [answer["status"]]),
    *_ELASTIC_COMMANDS,
)
