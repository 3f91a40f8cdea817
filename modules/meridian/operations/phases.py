"""What a deployment does, in which order: one list, which orchestrations, the plan and progress read.

``orchestrate/platform/*.sls`` render it into steps; a step waits for those named in ``after``, and whoever is
named in ``before`` waits for it. A name with ``{region}`` stands for a step of each region that has it: in a
step of a region for that region's own, else for those of all regions that the step is about.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Outline = Mapping[str, Any]
Region = Mapping[str, Any]

_OF_REGION = "{region}"


def _always(_: Mapping[str, Any]) -> bool:
    return True


def _role(name: str) -> Callable[[Region], bool]:
    return lambda region: name in region["roles"]


def _is(key: str, value: Any = True) -> Callable[[Mapping[str, Any]], bool]:
    return lambda held: held.get(key) == value


@dataclass(frozen=True)
class Phase:
    """One entry of the list: a runner, or states on nodes; once, or once a region.

    :ivar name: of the step; with ``{region}`` there is one for each region that it is about.
    :ivar phase: what progress calls it.
    :ivar function: the runner.
    :ivar on: role whose nodes states are applied to: the first one's, or with ``*`` behind it all nodes'.
    :ivar sls: states to apply; the highstate of all nodes of the region when empty.
    :ivar regions: which regions it is about; a step about none is left out.
    :ivar when: in which environments it is.
    :ivar after: names of steps that come first; those that are left out are nobody's business.
    :ivar before: names of steps that wait for it.
    :ivar arguments: further ones of the runner, keys of the orchestration's pillar.
    :ivar asked_for: key of the orchestration's pillar without which it is left out.
    """

    name: str
    phase: str
    function: str = ""
    on: str = ""
    sls: tuple[str, ...] = ()
    regions: Callable[[Region], bool] = _always
    when: Callable[[Outline], bool] = _always
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    asked_for: str = ""


_STATES, _PATHS, _TOPICS = "States of {region}", "Paths of {region}", "Topics of {region}"
_ON_MESOS, _SEARCH_ON_MESOS = _is("runtime", "mesos"), _is("search", "mesos")

#: What comes before anybody knows whether the pillar is right.
FIRST = (
    Phase("Lock", "lock", "platform.lock"),
    Phase("Topology", "topology", "platform.validate", after=("Lock",)),
)
DEPLOY = (
    *FIRST,
    Phase("Plan", "plan", "platform.agree", asked_for="plan", after=("Topology",), arguments=("plan",)),
    Phase("Preflight", "preflight", "platform.preflight", after=("Topology", "Plan")),
    Phase("Artifacts", "artifacts", "artifact.prepare", after=("Preflight",)),
    Phase("Certificates", "certificates", "pki.ensure", after=("Artifacts",)),
    Phase("Image", "image", "artifact.image", when=_is("local"), after=("Certificates",)),
    Phase("Nodes", "nodes", "cloud.ensure", after=("Certificates", "Image")),
    # Clouds choose addresses when machines are made: who is where, and certificates that say so.
    Phase("Addresses", "addresses", "platform.locate", when=_is("remote"), after=("Nodes",)),
    Phase(
        "Certificates of new machines",
        "certificates",
        "pki.ensure",
        when=_is("remote"),
        after=("Addresses",),
    ),
    Phase(_STATES, "states", after=("Nodes", "Certificates of new machines")),
    Phase("ZooKeeper", "zookeeper", "zookeeper.roll", regions=_role("zookeeper"), after=(_STATES,)),
    Phase(
        _PATHS,
        "paths",
        on="zookeeper",
        sls=("zookeeper.paths",),
        regions=_role("zookeeper"),
        after=("ZooKeeper",),
    ),
    # Nodes that were recreated are taken back into service; agents whose changed flags would cost them their
    # tasks are drained first, one after the other.
    Phase("Agents", "agents", "mesos.roll", regions=_role("mesos-agent"), after=(_STATES, "ZooKeeper")),
    Phase(
        "Scheduler of {region}",
        "scheduler",
        on="marathon",
        sls=("kafka-scheduler.app",),
        regions=_ON_MESOS,
        after=(_STATES, _PATHS, "Agents"),
    ),
    Phase("Tasks", "scheduler", "scheduler.place", regions=_ON_MESOS, after=("Scheduler of {region}",)),
    Phase("Brokers", "brokers", "kafka.roll", after=(_STATES, _PATHS, "Agents", "Tasks")),
    Phase(
        _TOPICS,
        "topics",
        on="kafka",
        sls=("kafka.topics",),
        regions=lambda region: bool(region["topics"]),
        after=("Brokers",),
    ),
    Phase("Workers", "workers", "connect.roll", after=("Brokers", _TOPICS)),
    Phase(
        "Flows into {region}",
        "flows",
        on="connect",
        sls=("connect.flows",),
        regions=_role("connect"),
        after=("Workers",),
    ),
    Phase(
        "Search scheduler of {region}",
        "search",
        on="marathon",
        sls=("elasticsearch-scheduler.app",),
        regions=_SEARCH_ON_MESOS,
        after=(_STATES, _PATHS),
    ),
    Phase(
        "Search tasks",
        "search",
        "scheduler.search",
        regions=_SEARCH_ON_MESOS,
        after=("Search scheduler of {region}",),
    ),
    Phase(
        "Sinks of {region}",
        "search",
        on="elasticsearch*",
        sls=("elasticsearch.sink_service",),
        regions=_SEARCH_ON_MESOS,
        after=("Search tasks", "Brokers", _TOPICS),
    ),
    Phase(
        "Search",
        "search",
        "elasticsearch.roll",
        regions=_role("elasticsearch"),
        after=("Brokers", _TOPICS, "Sinks of {region}"),
    ),
    Phase(
        "Apps of {region}",
        "apps",
        on="marathon",
        sls=("marathon.apps",),
        regions=_is("apps"),
        after=("Brokers", _TOPICS, "Agents"),
    ),
    Phase("Mirrors", "mirrors", "mirror.wait", after=("Workers", "Flows into {region}")),
    Phase("Verification", "verify", "platform.verify", after=("Mirrors", "Search", "Apps of {region}")),
)
#: What an orchestration adds to a deployment, by its name.
FURTHER: Mapping[str, tuple[Phase, ...]] = {
    "migrate": (
        Phase(
            "Migration",
            "migration",
            "kafka.migrate",
            after=(_STATES, "Tasks"),
            before=("Brokers",),
            arguments=("region",),
        ),
        # The old ones have ended or are mere controllers by now: the cluster forgets them as brokers.
        Phase(
            "Retirement",
            "migration",
            "kafka.retire",
            after=("Brokers",),
            before=("Verification",),
            arguments=("region",),
        ),
    ),
    "replace": (
        Phase(
            "Removal",
            "nodes",
            "cloud.remove",
            after=("Certificates",),
            before=("Nodes",),
            arguments=("node", "confirm", "lost"),
        ),
    ),
}


def steps(
    outline: Outline | None, phases: Sequence[Phase], environment: str, pillar: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the steps of a list of phases, as an orchestration renders them.

    :param outline: see :func:`meridian.operations.outline.outline`; ``None`` where the pillar is wrong, so
        that the step that validates it says how.
    :param phases: :data:`DEPLOY`, and one of :data:`FURTHER` where that goes with it.
    :param environment: its name.
    :param pillar: the orchestration's, which has further arguments.
    :return: ``{"name", "kind": "runner" | "states", "arguments": {…}}`` each, in order.
    """
    if outline is None:
        phases, outline = [one for one in phases if one in FIRST], {"regions": ()}
    there = {name for one in (*DEPLOY, *phases) for name, _ in _instances(one, outline, pillar)}
    found = []
    for one in phases:
        for name, regions in _instances(one, outline, pillar):
            step: dict[str, Any] = {"phase": one.phase}
            if one.function:
                step |= {"function": one.function, "environment": environment}
                step |= {key: pillar[key] for key in one.arguments if key in pillar}
            else:
                step |= {"nodes": _nodes(one.on, regions[0]), "region": regions[0]["name"], "parallel": True}
                step |= {"sls": list(one.sls)} if one.sls else {}
            for key, wanted in (("require", one.after), ("require_in", one.before)):
                waits = [other for text in wanted for other in _resolved(text, regions) if other in there]
                step |= {key: [{"phase": other} for other in waits]} if waits else {}
            found.append({"name": name, "kind": "runner" if one.function else "states", "arguments": step})
    return found


def titles(outline: Outline) -> list[str]:
    """Return what progress calls the phases of a deployment, in order, each once."""
    return list(dict.fromkeys(one.phase for one in DEPLOY for _ in _instances(one, outline, {})))


def _instances(
    phase: Phase, outline: Outline, pillar: Mapping[str, Any]
) -> Iterator[tuple[str, list[Region]]]:
    """Yield the name of each step of a phase, with the regions that it is about."""
    if not phase.when(outline) or (phase.asked_for and not pillar.get(phase.asked_for)):
        return
    about = [region for region in outline["regions"] if phase.regions(region)]
    if _OF_REGION in phase.name:
        yield from ((phase.name.format(region=region["name"]), [region]) for region in about)
    elif about or phase.regions is _always:
        yield phase.name, about


def _resolved(name: str, regions: Sequence[Region]) -> Iterator[str]:
    if _OF_REGION in name:
        yield from (name.format(region=region["name"]) for region in regions)
    else:
        yield name


def _nodes(on: str, region: Region) -> list[str]:
    if not on:
        return list(region["nodes"])
    nodes = region["roles"][on.removesuffix("*")]
    return list(nodes if on.endswith("*") else nodes[:1])
