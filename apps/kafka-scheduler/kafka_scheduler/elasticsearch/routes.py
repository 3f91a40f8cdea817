"""The table of routes of the scheduler of Elasticsearch."""

from kafka_scheduler.api import scheduler
from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.api.route import Route
from kafka_scheduler.elasticsearch import api
from kafka_scheduler.elasticsearch.options import OPTIONS

PREFIX = "/v1/elasticsearch"
DESCRIPTION = f"{PREFIX}/openapi.json"
_BOTH = ("GET", "POST")
_NODES = "1, 1,2, 1..3, *, *[zone=z1]"
_NODE = Parameter("node", f"node expression: {_NODES}", required=True)
_SOME_NODES = Parameter("node", f"node expression: {_NODES}", default="*")
_OPTIONS = tuple(Parameter(one.name, one.help, one.kind) for one in OPTIONS)
_PLAN = Parameter("plan", "id of a plan, such as restart-3", required=True)


def _timeout(default: str) -> Parameter:
    return Parameter("timeout", "time to wait: 30s, 1m, 1h; 0: do not wait", "time", default=default)


ROUTES = (
    Route(
        f"{PREFIX}/node/list",
        api.listed,
        "Nodes, their options, states, and why they are not placed.",
        "Nodes",
        (_SOME_NODES,),
        _BOTH,
    ),
    Route(f"{PREFIX}/node/add", api.add, "Add nodes; they are not started.", "Nodes", (_NODE, *_OPTIONS)),
    Route(
        f"{PREFIX}/node/update",
        api.update,
        "Change nodes' options; an empty value sets one back to its default.",
        "Nodes",
        (_NODE, *_OPTIONS),
    ),
    Route(f"{PREFIX}/node/remove", api.remove, "Remove nodes that are not active.", "Removed", (_NODE,)),
    Route(
        f"{PREFIX}/node/start",
        api.start,
        "Start nodes, and wait until they run; on timeout, say why not.",
        "Outcome",
        (_NODE, _timeout("60s")),
    ),
    Route(
        f"{PREFIX}/node/stop",
        api.stop,
        "Stop nodes one after the other, each when the cluster is green and can do without it.",
        "Outcome",
        (_NODE, _timeout("60s"), Parameter("force", "at once, whatever the cluster says", "boolean")),
    ),
    Route(
        f"{PREFIX}/node/restart",
        api.restart,
        "Restart nodes one after the other, each when the cluster is green, the elected master last.",
        "Outcome",
        (
            _NODE,
            _timeout("5m"),
            Parameter("noWaitForGreen", "do not wait until the cluster is green", "boolean"),
        ),
    ),
    Route(
        f"{PREFIX}/node/log",
        api.log,
        "The last lines of a file of a running node.",
        "Log",
        (
            _NODE,
            Parameter("name", "stdout, stderr", default="stdout"),
            Parameter("lines", "how many", "integer", default="100"),
            _timeout("30s"),
        ),
    ),
    Route(
        f"{PREFIX}/node/volume/give-up",
        api.give_up_volume,
        "Give up a node's persistent volume and all data on it.",
        "Nodes",
        (
            _NODE,
            Parameter("volume", "persistence id of the volume", required=True),
            Parameter("confirm", "the persistence id once more", required=True),
        ),
    ),
    Route(
        f"{PREFIX}/cluster",
        api.cluster,
        "What the cluster said of itself last.",
        "Cluster",
        methods=_BOTH,
    ),
    Route(f"{PREFIX}/plan/list", api.plans, "Plans, the newest first.", "Plans", methods=_BOTH),
    Route(
        f"{PREFIX}/plan/pause", api.pause, "Let steps under way end, and begin no other.", "Plan", (_PLAN,)
    ),
    Route(f"{PREFIX}/plan/continue", api.proceed, "Go on with a paused or failed plan.", "Plan", (_PLAN,)),
    Route(
        f"{PREFIX}/plan/force",
        api.force,
        "Begin the step of a node now, whatever blocks it.",
        "Plan",
        (_PLAN, Parameter("node", "id", "integer", required=True)),
    ),
    Route(f"{PREFIX}/plan/cancel", api.cancel, "Begin no other step, for good.", "Plan", (_PLAN,)),
    Route(
        f"{PREFIX}/scheduler/stop",
        scheduler.stop,
        "End this scheduler; nodes go on running. With teardown, end them and the framework as well.",
        "Done",
        (
            Parameter("teardown", "remove the framework: Mesos kills every node", "boolean"),
            Parameter("confirm", "for teardown: the framework's id"),
        ),
    ),
    Route(
        f"{PREFIX}/loglevel",
        scheduler.log_level,
        "The log level of a logger; with level, set it.",
        "LogLevel",
        (
            Parameter("logger", "its name; root: of all", default="root"),
            Parameter("level", "debug, info, warning or error"),
        ),
        _BOTH,
        changes=True,
        local=True,
    ),
    Route(
        f"{PREFIX}/health",
        scheduler.health,
        "200 when this instance leads and hears of Mesos, else 503 and why not.",
        "Health",
        methods=_BOTH,
        old=("/health",),
        public=True,
        local=True,
    ),
    Route("/metrics", api.prometheus, "Metrics for Prometheus.", "text", methods=("GET",), local=True),
    Route(DESCRIPTION, scheduler.describe, "This description.", "OpenApi", methods=("GET",), local=True),
)
