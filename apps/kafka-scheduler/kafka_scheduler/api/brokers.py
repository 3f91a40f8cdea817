"""What is asked of brokers."""

import re
import time

from meridian.common.errors import MeridianError

from kafka_scheduler import metrics as numbers
from kafka_scheduler.api import plain
from kafka_scheduler.api.answers import Answer, ApiError
from kafka_scheduler.api.context import Context
from kafka_scheduler.api.parameters import Parameters
from kafka_scheduler.kafka import spec
from kafka_scheduler.kafka.options import OPTIONS
from kafka_scheduler.kafka.spec import BrokerSpec

_NAMES = tuple(one.name for one in OPTIONS)


def listed(context: Context, asked: Parameters) -> Answer:
    """Answer with the brokers that an expression names, those that are there."""
    views = {one.id: one for one in context.service.brokers()}
    named = context.brokers(asked.text("broker"), existing=False)
    return Answer(plain.brokers(tuple(views[one] for one in named if one in views)))


def add(context: Context, asked: Parameters) -> Answer:
    """Add brokers; with ``rebalance``, start them and move partitions on when they run."""
    named = _named(context, asked, existing=False)
    wanted = _spec(asked, BrokerSpec())
    if asked.flag("rebalance"):
        context.moves.must_be_free()
    views = context.service.add(named, wanted)
    if asked.flag("rebalance"):
        context.moves.grow(named, _throttle(asked))
    return Answer(plain.brokers(views))


def update(context: Context, asked: Parameters) -> Answer:
    """Change brokers' options."""
    named = _named(context, asked)
    if not asked.given(*_NAMES):
        raise ApiError("nothing to change: give an option")
    return Answer(plain.brokers(context.service.update(named, lambda former: _spec(asked, former))))


def clone(context: Context, asked: Parameters) -> Answer:
    """Add brokers with the options of another."""
    named = _named(context, asked, existing=False)
    (source,) = context.brokers(str(asked.whole("source")))
    return Answer(plain.brokers(context.service.clone(named, source)))


def remove(context: Context, asked: Parameters) -> Answer:
    """Remove brokers, on request after their partitions were moved off."""
    named = _named(context, asked)
    ids = [str(one) for one in named]
    if asked.flag("evacuate"):
        move = context.moves.shrink(named, _throttle(asked), dry_run=asked.flag("dryRun"))
        move = context.moves.wait(move, asked.seconds("timeout"))
        return Answer({"ids": ids if move.status == "completed" else [], **move.plain()})
    if not asked.flag("dryRun"):
        context.service.remove(named)
    return Answer({"ids": ids, "status": "planned" if asked.flag("dryRun") else "completed"})


def start(context: Context, asked: Parameters) -> Answer:
    """Start brokers."""
    return Answer(plain.outcome(context.service.start(_named(context, asked), asked.seconds("timeout"))))


def stop(context: Context, asked: Parameters) -> Answer:
    """Stop brokers."""
    done = context.service.stop(_named(context, asked), asked.flag("force"), asked.seconds("timeout"))
    return Answer(plain.outcome(done))


def restart(context: Context, asked: Parameters) -> Answer:
    """Restart brokers."""
    wait = not asked.flag("noWaitForReplication")
    done = context.service.restart(_named(context, asked), asked.seconds("timeout"), wait)
    return Answer(plain.outcome(done))


def log(context: Context, asked: Parameters) -> Answer:
    """Answer with the end of a file of one broker."""
    named = _named(context, asked)
    if len(named) != 1:
        raise ApiError("the log of one broker is told at a time")
    lines = asked.whole("lines", 1) or 1
    text = context.service.log(named[0], asked.text("name"), lines, asked.seconds("timeout"))
    return Answer({"status": "ok", "content": text})


def metrics(context: Context, asked: Parameters) -> Answer:
    """Answer with numbers per broker."""
    named = _named(context, asked)
    try:
        pattern = re.compile(asked.text("filter") or ".*")
    except re.error as error:
        raise ApiError(f"parameter filter: {error}") from error
    found = context.service.metrics(named)
    return Answer(
        {
            str(one): {name: number for name, number in numbers.items() if pattern.search(name)}
            for one, numbers in sorted(found.items())
        }
    )


def prometheus(context: Context, asked: Parameters) -> Answer:
    """Answer with metrics in Prometheus' text format."""
    service, health = context.service, context.service.health()
    # One that does not lead knows of no brokers and plans.
    seen = (service.brokers(), service.plans()) if health.leader else ((), ())
    return Answer(numbers.render(numbers.KAFKA, health, *seen, time.time()), kind=numbers.KIND)


def give_up_volume(context: Context, asked: Parameters) -> Answer:
    """Give up a volume that is named twice; its broker may have been removed."""
    named = _named(context, asked, existing=False)
    if len(named) != 1:
        raise ApiError("a volume of one broker is given up at a time")
    volume = asked.text("volume")
    if asked.text("confirm") != volume:
        raise ApiError(f"volume {volume} was not given up: that needs its id twice, confirm={volume}")
    left = context.service.give_up_volume(named[0], volume)
    return Answer(plain.brokers((left,) if left else ()))


def _named(context: Context, asked: Parameters, existing: bool = True) -> list[int]:
    named = context.brokers(asked.text("broker"), existing)
    if not named:
        raise ApiError(f"there is no broker {asked.text('broker')}", 404)
    return named


def _spec(asked: Parameters, base: BrokerSpec) -> BrokerSpec:
    given = asked.given(*_NAMES)
    for name in ("options", "log4jOptions"):
        if given.get(name, "").startswith("file:"):
            raise ApiError(f"option {name}: file: is read by the command line, give the settings themselves")
    try:
        return spec.parse(given, base)
    except MeridianError as error:
        raise ApiError(str(error)) from error


def _throttle(asked: Parameters) -> int:
    return asked.whole("throttle", 1) or 1
