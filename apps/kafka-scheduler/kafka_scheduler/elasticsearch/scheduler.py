"""The scheduler of Elasticsearch: ``kafka-scheduler elasticsearch <file>``.

The file has the scheduler's own settings, and keys of the nodes: ``node.count`` and, with dashes, those of
:class:`~kafka_scheduler.elasticsearch.nodes.NodeSpec`; ``node.user`` and ``node.secret`` (a file) ask the
cluster how it is.
"""

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meridian.errors import MeridianError

from kafka_scheduler import settings as scheduler_settings
from kafka_scheduler.core import commands, plans
from kafka_scheduler.core.loop import Loop
from kafka_scheduler.core.placing import Framework
from kafka_scheduler.core.state import Observed, Settings
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.elasticsearch import nodes
from kafka_scheduler.elasticsearch.nodes import Nodes, NodeSpec
from kafka_scheduler.elasticsearch.watch import Watch
from kafka_scheduler.mesos.client import FrameworkInfo, MesosClient
from kafka_scheduler.mesos.detector import detector
from kafka_scheduler.mesos.http import Access
from kafka_scheduler.settings import SchedulerSettings
from kafka_scheduler.storage.open import open_storage

log = logging.getLogger("kafka-scheduler")

LAUNCHER = "/etc/meridian/elasticsearch/node-task"
_PREFIX = "node."


@dataclass(frozen=True)
class ElasticSettings:
    """What the file says.

    :ivar secret: file with the password of ``user``, who may ask for the cluster's health.
    """

    scheduler: SchedulerSettings
    spec: NodeSpec
    count: int
    user: str = "elastic"
    secret: Path | None = None
    ca: Path | None = None


def load(file: Path) -> ElasticSettings:
    """Read the file.

    :raises MeridianError: it cannot be read, or a line of it is wrong.
    """
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise MeridianError(f"{file}: {error.strerror}") from error
    own, others = {}, []
    for line in lines:
        key, equals, value = (part.strip() for part in line.partition("="))
        if key.startswith(_PREFIX) and equals:
            own[key.removeprefix(_PREFIX)] = value
        elif line and not line.startswith(("#", "!")):
            others.append(f"--{key}={value}")
    scheduler = scheduler_settings.load(["/dev/null", *others])
    count = own.pop("count", "3")
    if not count.isdigit() or not int(count):
        raise MeridianError(f"{file}: node.count: {count!r} is no number of nodes")
    user, secret, ca = own.pop("user", "elastic"), own.pop("secret", ""), own.pop("ca", "")
    return ElasticSettings(
        scheduler,
        nodes.parse(own),
        int(count),
        user,
        Path(secret) if secret else None,
        Path(ca) if ca else None,
    )


def want(turn: Turn, spec: NodeSpec, count: int) -> None:
    """Bring the nodes to what the file says: add, change, start, and restart those that run as another.

    Nodes beyond the count go on: their data are nobody's to throw away.
    """
    plain = nodes.plain(spec)
    names = [str(one) for one in range(count)]
    known = turn.state.instances
    commands.add(turn, [one for one in names if one not in known], plain)
    changed = [one for one in names if turn.state.instances[one].spec != plain]
    commands.update(turn, changed, lambda _: plain)
    idle = [one for one in names if not turn.state.instances[one].active]
    if idle:
        commands.start(turn, idle)
    old = [one for one in names if (task := turn.state.instances[one].task) and task.spec != plain]
    if old:
        for plan in [one for one in turn.state.plans if not one.is_over]:
            # What the former file wanted of them is overtaken.
            for name in old:
                plan = plans.drop(plan, name)
            turn.put_plan(plan)
        commands.plan(turn, "restart", "restart", old)


class Scheduler:
    """Stands for election, and leads once elected.

    :param fatal: told that this instance must not go on.
    """

    def __init__(self, settings: ElasticSettings, fatal: Callable[[MeridianError], None]) -> None:
        self._settings = settings
        self._fatal = fatal
        own = settings.scheduler
        self._storage = open_storage(own.storage, own.zk, own.framework_name)
        self._ends: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._lead, name="election", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; Mesos keeps the nodes until we are back, for the framework's timeout."""
        for end in self._ends:
            end()
        self._storage.close()

    def _lead(self) -> None:
        try:
            self._storage.lead(socket.gethostname(), self._fatal)
            self._begin()
        except MeridianError as error:
            self._fatal(error)
        except Exception as error:
            log.exception("cannot begin to lead")
            self._fatal(MeridianError(f"cannot begin to lead: {error!r}"))

    def _begin(self) -> None:
        own, user = self._settings.scheduler, scheduler_settings.user(self._settings.scheduler)
        access = Access(own.principal, own.secret, own.ca, own.certificate, own.key)
        framework = Framework(own.framework_name, own.framework_role, own.principal)
        engine = Settings(framework, own.reconciliation_timeout, own.reconciliation_attempts)
        service = Nodes(own.framework_name, own.launcher or LAUNCHER, own.user, own.stop_timeout)
        loop = Loop(engine, service, self._storage, lambda call: mesos.send(call), self._fatal)
        mesos = MesosClient(
            detector(own.master, own.ca is not None),
            access,
            FrameworkInfo(own.framework_name, own.framework_role, user, own.principal, own.framework_timeout),
            loop.post,
            lambda: loop.state.framework_id,
            self._fatal,
        )
        watch = Watch(
            lambda: loop.state,
            lambda health: loop.post(Observed(health)),
            self._settings.ca,
            self._settings.user,
            self._settings.secret,
        )
        loop.start()
        loop.run(lambda turn: want(turn, self._settings.spec, self._settings.count))
        self._ends = [watch.close, mesos.close, loop.close]
        mesos.start()
        watch.start()
