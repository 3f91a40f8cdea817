"""The table of routes of the Kafka scheduler."""

from kafka_scheduler.api import brokers, partitions, plans, quotas, scheduler, topics
from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.api.route import Route
from kafka_scheduler.kafka.options import OPTIONS

_BOTH = ("GET", "POST")
_BROKERS = "0, 0,1, 0..2, *, *[rack=r1], 0..4[rack=r1,dc=dc1], [rack]"
_BROKER = Parameter("broker", f"broker expression: {_BROKERS}", required=True, old="id")
_SOME_BROKERS = Parameter("broker", f"broker expression: {_BROKERS}", default="*", old="id")
_TOPIC = Parameter("topic", "topic expression: t0, t0,t1, t*, *", required=True)
_SOME_TOPICS = Parameter("topic", "topic expression: t0, t0,t1, t*, *", default="*")
_DRY = Parameter("dryRun", "only say what would be done", "boolean")
_THROTTLE = Parameter(
    "throttle", "bytes per second and broker for replicas that move", "integer", default=str(50 * 2**20)
)
_OPTIONS = tuple(Parameter(one.name, one.help, one.kind) for one in OPTIONS)
_PLAN = Parameter("plan", "id of a plan, such as restart-3", required=True)
_MOVE = (
    _SOME_BROKERS,
    Parameter("replicas", "replicas of each partition (default: as they are)", "integer"),
    Parameter("fixedStartIndex", "index of the broker that comes first (default: by chance)", "integer"),
    Parameter("startPartitionId", "partition that the placing begins with", "integer"),
    Parameter("timeout", "time to wait for the end; 0: do not wait", "time", default="0"),
    _THROTTLE,
    _DRY,
)


def _timeout(default: str) -> Parameter:
    return Parameter("timeout", "time to wait: 30s, 1m, 1h; 0: do not wait", "time", default=default)


ROUTES = (
    Route(
        "/api/broker/list",
        brokers.listed,
        "Brokers, their options, states, and why they are not placed.",
        "Brokers",
        (_SOME_BROKERS,),
        _BOTH,
        old=("/api/brokers/list", "/api/brokers/status"),
    ),
    Route(
        "/api/broker/add",
        brokers.add,
        "Add brokers; they are not started.",
        "Brokers",
        (
            _BROKER,
            *_OPTIONS,
            Parameter("rebalance", "start them, and move partitions on when they run", "boolean"),
            _THROTTLE,
        ),
        old=("/api/brokers/add",),
    ),
    Route(
        "/api/broker/update",
        brokers.update,
        "Change brokers' options; an empty value sets one back to its default.",
        "Brokers",
        (_BROKER, *_OPTIONS),
        old=("/api/brokers/update",),
    ),
    Route(
        "/api/broker/clone",
        brokers.clone,
        "Add brokers with the options of another.",
        "Brokers",
        (_BROKER, Parameter("source", "id of the broker to copy", "integer", required=True)),
        old=("/api/brokers/clone",),
    ),
    Route(
        "/api/broker/remove",
        brokers.remove,
        "Remove brokers that are not active; with evacuate, move their partitions off and stop them first.",
        "Removed",
        (
            _BROKER,
            Parameter("evacuate", "move partitions off, stop, then remove", "boolean"),
            Parameter("timeout", "time to wait for an evacuation; 0: do not wait", "time", default="0"),
            _THROTTLE,
            _DRY,
        ),
        old=("/api/brokers/remove",),
    ),
    Route(
        "/api/broker/start",
        brokers.start,
        "Start brokers, and wait until they run; on timeout, say why not.",
        "Outcome",
        (_BROKER, _timeout("60s")),
        old=("/api/brokers/start",),
    ),
    Route(
        "/api/broker/stop",
        brokers.stop,
        "Stop brokers one after the other, as partitions allow it.",
        "Outcome",
        (_BROKER, _timeout("60s"), Parameter("force", "at once, whatever partitions say", "boolean")),
        old=("/api/brokers/stop",),
    ),
    Route(
        "/api/broker/restart",
        brokers.restart,
        "Restart brokers one after the other, each when all replicas are in sync again.",
        "Outcome",
        (
            _BROKER,
            _timeout("5m"),
            Parameter("noWaitForReplication", "do not wait until all replicas are in sync", "boolean"),
        ),
        old=("/api/brokers/restart",),
    ),
    Route(
        "/api/broker/log",
        brokers.log,
        "The last lines of a file of a running broker.",
        "Log",
        (
            _BROKER,
            Parameter("name", "stdout, stderr, server.log, …", default="stdout"),
            Parameter("lines", "how many", "integer", default="100"),
            _timeout("30s"),
        ),
        old=("/api/brokers/log",),
    ),
    Route(
        "/api/broker/metrics",
        brokers.metrics,
        "Numbers of brokers.",
        "Metrics",
        (_SOME_BROKERS, Parameter("filter", "regular expression of names")),
        _BOTH,
        old=("/api/brokers/metrics",),
    ),
    Route(
        "/api/broker/volume/give-up",
        brokers.give_up_volume,
        "Give up a broker's persistent volume and all data on it.",
        "Brokers",
        (
            _BROKER,
            Parameter("volume", "persistence id of the volume", required=True),
            Parameter("confirm", "the persistence id once more", required=True),
        ),
    ),
    Route(
        "/api/topic/list",
        topics.listed,
        "Topics, where their replicas are, and their own settings.",
        "Topics",
        (_SOME_TOPICS,),
        _BOTH,
    ),
    Route(
        "/api/topic/add",
        topics.add,
        "Add topics.",
        "Topics",
        (
            Parameter("topic", "name, or names with commas", required=True),
            Parameter("broker", f"broker expression (default: Kafka's choice): {_BROKERS}"),
            Parameter("partitions", "how many (default 1)", "integer", default="1"),
            Parameter("replicas", "of each partition (default: the brokers' own default)", "integer"),
            Parameter("options", "settings: k=v,…"),
            Parameter("fixedStartIndex", "index of the broker that comes first", "integer"),
            Parameter("startPartitionId", "partition that the placing begins with", "integer"),
        ),
    ),
    Route(
        "/api/topic/update",
        topics.update,
        "Change settings of topics; a key without value (k=) goes back to its default.",
        "Topics",
        (_TOPIC, Parameter("options", "settings: k=v,…", required=True)),
    ),
    Route(
        "/api/topic/delete",
        topics.delete,
        "Delete a topic with all its records.",
        "Deleted",
        (Parameter("topic", "its name", required=True), Parameter("confirm", "its name once more")),
    ),
    Route(
        "/api/topic/rebalance",
        topics.rebalance,
        "Place partitions anew over brokers; without topic, say how far it is.",
        "Move",
        (
            Parameter("topic", "topic expression; empty or status: how far it is", default="status"),
            *_MOVE,
            Parameter("realign", "keep replicas where they are, as far as that can be", "boolean"),
        ),
    ),
    Route(
        "/api/topic/realign",
        topics.realign,
        "Place partitions over brokers, and keep replicas where they are, as far as that can be.",
        "Move",
        (Parameter("topic", "topic expression; empty or status: how far it is", default="status"), *_MOVE),
    ),
    Route(
        "/api/topic/cancel",
        topics.cancel,
        "Cancel moves under way: replicas go back to where they were, bounds on traffic are taken away.",
        "Move",
    ),
    Route(
        "/api/partition/list",
        partitions.listed,
        "Partitions of topics: leaders, replicas, which are in sync.",
        "Partitions",
        (_SOME_TOPICS,),
        _BOTH,
    ),
    Route(
        "/api/partition/add",
        partitions.add,
        "Give topics more partitions.",
        "Partitions",
        (
            _TOPIC,
            Parameter("partitions", "how many there shall be in all", "integer", required=True),
            Parameter("broker", f"broker expression (default: Kafka's choice): {_BROKERS}"),
        ),
    ),
    Route("/api/quota/list", quotas.listed, "Quotas of clients and users.", "Quotas", methods=_BOTH),
    Route(
        "/api/quota/set",
        quotas.assign,
        "Set quotas of a client or user; an empty rate takes it away.",
        "Quotas",
        (
            Parameter("entityType", "clients or users", required=True),
            Parameter("entity", "client id or user; <default> for all others", required=True),
            Parameter("producerByteRate", "bytes per second and broker", "integer"),
            Parameter("consumerByteRate", "bytes per second and broker", "integer"),
        ),
    ),
    Route("/api/plan/list", plans.listed, "Plans, the newest first.", "Plans", methods=_BOTH),
    Route("/api/plan/pause", plans.pause, "Let steps under way end, and begin no other.", "Plan", (_PLAN,)),
    Route("/api/plan/continue", plans.proceed, "Go on with a paused or failed plan.", "Plan", (_PLAN,)),
    Route(
        "/api/plan/force",
        plans.force,
        "Begin the step of a broker now, whatever blocks it.",
        "Plan",
        (_PLAN, Parameter("broker", "id", "integer", required=True)),
    ),
    Route("/api/plan/cancel", plans.cancel, "Begin no other step, for good.", "Plan", (_PLAN,)),
    Route(
        "/api/scheduler/stop",
        scheduler.stop,
        "End this scheduler; brokers go on running. With teardown, end them and the framework as well.",
        "Done",
        (
            Parameter("teardown", "remove the framework: Mesos kills every broker", "boolean"),
            Parameter("confirm", "for teardown: the framework's id"),
        ),
        old=("/quitquitquit",),
    ),
    Route(
        "/api/loglevel",
        scheduler.log_level,
        "The log level of a logger; with level, set it.",
        "LogLevel",
        (
            Parameter("logger", "its name; root: of all", default="root"),
            Parameter("level", "debug, info, warning or error"),
        ),
        _BOTH,
        changes=True,
        old=("/loglevel",),
        local=True,
    ),
    Route(
        "/health",
        scheduler.health,
        "200 when this instance leads and hears of Mesos, else 503 and why not.",
        "Health",
        methods=_BOTH,
        public=True,
        local=True,
    ),
    Route("/metrics", brokers.prometheus, "Metrics for Prometheus.", "text", methods=("GET",), local=True),
    Route(
        "/api/openapi.json", scheduler.describe, "This description.", "OpenApi", methods=("GET",), local=True
    ),
)
