"""What is asked of nodes, of their cluster, and of plans."""

import time

from meridian.common.errors import MeridianError

from kafka_scheduler import metrics as numbers
from kafka_scheduler.api import common
from kafka_scheduler.api.answers import Answer, ApiError
from kafka_scheduler.api.parameters import Parameters
from kafka_scheduler.elasticsearch import plain, spec
from kafka_scheduler.elasticsearch.context import Context
from kafka_scheduler.elasticsearch.options import OPTIONS
from kafka_scheduler.elasticsearch.spec import NodeSpec
from kafka_scheduler.elasticsearch.views import ClusterHealth

NOUN = "node"
_METRICS = numbers.Service("elasticsearch_scheduler", NOUN)
_NAMES = tuple(one.name for one in OPTIONS)
_STATUS = ("green", "yellow", "red", "unknown")


def listed(context: Context, asked: Parameters) -> Answer:
    """Answer with the nodes that an expression names, those that are there."""
    named = context.nodes(asked.text("node"), existing=False)
    return Answer(plain.nodes(context.service.nodes(named)))


def add(context: Context, asked: Parameters) -> Answer:
    """Add nodes."""
    named = context.some(asked.text("node"), existing=False)
    return Answer(plain.nodes(context.service.add(named, _spec(asked, NodeSpec()))))


def update(context: Context, asked: Parameters) -> Answer:
    """Change nodes' options."""
    named = context.some(asked.text("node"))
    if not asked.given(*_NAMES):
        raise ApiError("nothing to change: give an option")
    return Answer(plain.nodes(context.service.update(named, lambda former: _spec(asked, former))))


def remove(context: Context, asked: Parameters) -> Answer:
    """Remove nodes."""
    named = context.some(asked.text("node"))
    context.service.remove(named)
    return Answer({"ids": [str(one) for one in named], "status": "completed"})


def start(context: Context, asked: Parameters) -> Answer:
    """Start nodes."""
    named = context.some(asked.text("node"))
    return Answer(plain.outcome(context.service.start(named, asked.seconds("timeout"))))


def stop(context: Context, asked: Parameters) -> Answer:
    """Stop nodes."""
    named = context.some(asked.text("node"))
    return Answer(plain.outcome(context.service.stop(named, asked.flag("force"), asked.seconds("timeout"))))


def restart(context: Context, asked: Parameters) -> Answer:
    """Restart nodes."""
    named, wait = context.some(asked.text("node")), not asked.flag("noWaitForGreen")
    return Answer(plain.outcome(context.service.restart(named, asked.seconds("timeout"), wait)))


def log(context: Context, asked: Parameters) -> Answer:
    """Answer with the end of a file of one node."""
    lines = asked.whole("lines", 1) or 1
    text = context.service.log(
        context.one(asked.text("node")), asked.text("name"), lines, asked.seconds("timeout")
    )
    return Answer({"status": "ok", "content": text})


def give_up_volume(context: Context, asked: Parameters) -> Answer:
    """Give up a volume that is named twice; its node may have been removed."""
    node, volume = context.one(asked.text("node"), existing=False), asked.text("volume")
    if asked.text("confirm") != volume:
        raise ApiError(f"volume {volume} was not given up: that needs its id twice, confirm={volume}")
    left = context.service.give_up_volume(node, volume)
    return Answer(plain.nodes((left,) if left else ()))


def cluster(context: Context, asked: Parameters) -> Answer:
    """Answer with what the cluster said of itself."""
    return Answer(plain.cluster(context.service.cluster()))


def plans(context: Context, asked: Parameters) -> Answer:
    """Answer with all plans that are known, the newest first."""
    return Answer({"plans": [common.plan(one, NOUN) for one in context.service.plans()]})


def pause(context: Context, asked: Parameters) -> Answer:
    """Begin no other step until told to."""
    return Answer(common.plan(context.service.pause_plan(_known(context, asked)), NOUN))


def proceed(context: Context, asked: Parameters) -> Answer:
    """Go on."""
    return Answer(common.plan(context.service.continue_plan(_known(context, asked)), NOUN))


def force(context: Context, asked: Parameters) -> Answer:
    """Begin a step now."""
    node = context.one(str(asked.whole("node")))
    return Answer(common.plan(context.service.force_step(_known(context, asked), str(node)), NOUN))


def cancel(context: Context, asked: Parameters) -> Answer:
    """Begin no other step, for good."""
    return Answer(common.plan(context.service.cancel_plan(_known(context, asked)), NOUN))


def prometheus(context: Context, asked: Parameters) -> Answer:
    """Answer with metrics in Prometheus' text format; one that does not lead knows of no nodes and plans."""
    service, health = context.service, context.service.health()
    if not health.leader:
        return Answer(numbers.render(_METRICS, health, (), (), time.time()), kind=numbers.KIND)
    text = numbers.render(
        _METRICS, health, service.nodes(), service.plans(), time.time(), _of_cluster(service.cluster())
    )
    return Answer(text, kind=numbers.KIND)


def _of_cluster(seen: ClusterHealth) -> list[numbers.Metric]:
    now = seen.status or "unknown"
    return [
        (
            "cluster_status",
            "gauge",
            "1 for what the cluster says of itself",
            [({"status": one}, one == now) for one in _STATUS],
        ),
        ("cluster_nodes", "gauge", "nodes that have joined", [({}, seen.nodes)]),
        ("cluster_unassigned_shards", "gauge", "shards that are nowhere yet", [({}, seen.unassigned)]),
    ]


def _spec(asked: Parameters, base: NodeSpec) -> NodeSpec:
    try:
        return spec.parse(asked.given(*_NAMES), base)
    except MeridianError as error:
        raise ApiError(str(error)) from error


def _known(context: Context, asked: Parameters) -> str:
    plan = asked.text("plan")
    if plan not in {one.id for one in context.service.plans()}:
        raise ApiError(f"plan {plan}: there is none of that id", 404)
    return plan
