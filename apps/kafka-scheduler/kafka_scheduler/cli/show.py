"""Answers as plain text. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Lines of an answer.
Lines = list[str]
# Options that have a line of their own.
_SHOWN = (
    "bindAddress",
    "syslog",
    "constraints",
    "options",
    "log4jOptions",
    "jvmOptions",
    "javaCmd",
    "containerType",
    "containerImage",
    "containerMounts",
)


def brokers(title: str, answer: Mapping[str, Any], quiet: bool = False) -> Lines:
    """Return brokers: all that is known of them, or a line for each."""
    return _instances(title, answer["brokers"], quiet, "no brokers")


def nodes(title: str, answer: Mapping[str, Any], quiet: bool = False) -> Lines:
    """Return nodes of Elasticsearch: all that is known of them, or a line for each."""
    return _instances(title.strip(), answer["nodes"], quiet, "no nodes")


def _instances(title: str, listed: Sequence[Mapping[str, Any]], quiet: bool, none: str) -> Lines:
    if quiet:
        return [f"{one['id']} {state(one)}" for one in listed]
    if not listed:
        return [none]
    lines = [f"{title}:"]
    for one in listed:
        lines += [*_indented(instance(one)), ""]
    return lines[:-1]


def state(one: Mapping[str, Any]) -> str:
    """Return a state, with the remark that it runs with other options than asked for."""
    return one["state"] + (" (modified, needs restart)" if one.get("needsRestart") else "")


def instance(one: Mapping[str, Any]) -> Lines:
    """Return a broker or a node."""
    lines = [f"id: {one['id']}", f"active: {str(one['active']).lower()}", f"state: {state(one)}"]
    resources = [f"cpus:{one['cpus']:.2f}", f"mem:{one['mem']}", f"heap:{one['heap']}", f"port:{one['port']}"]
    if one.get("portExternal"):
        resources.append(f"port-external:{one['portExternal']}")
    if one.get("portTransport"):
        resources.append(f"port-transport:{one['portTransport']}")
    if one.get("volume"):
        resources.append(f"volume:{one['volume']}")
    lines.append("resources: " + ", ".join(resources))
    lines += [f"{_kebab(name)}: {_text(one[name])}" for name in _SHOWN if one.get(name)]
    lines.append("failover: " + _pairs(one["failover"], ("delay", "maxDelay", "maxTries", "failures")))
    sticky = one["stickiness"]
    lines.append(
        "stickiness: "
        + _pairs(
            {**sticky, "host-lost": one.get("hostLostPeriod"), "data-lost": one.get("dataLostPeriod")},
            ("period", "hostname", "host-lost", "data-lost"),
        )
    )
    if task := one.get("task"):
        lines.append("task:")
        shown = {name: task.get(name) for name in ("id", "state", "endpoint", "hostname")}
        shown["attributes"] = ",".join(f"{key}={value}" for key, value in task.get("attributes", {}).items())
        lines += _indented(f"{name}: {value}" for name, value in shown.items() if value)
    for volume in one.get("volumes", []):
        lost = f", lost: {volume['lost']}" if volume.get("lost") else ""
        lines.append(
            f"volume {volume['id']}: {volume.get('mb', 0):.0f} MB on {volume.get('hostname', '?')}{lost}"
        )
    if one.get("reasons"):
        lines += ["not placed:", *_indented(one["reasons"])]
    return lines


def outcome(answer: Mapping[str, Any]) -> Lines:
    """Return what came of a start, stop or restart."""
    several = "brokers" if len(answer["brokers"]) > 1 else "broker"
    return _with_plan(brokers(f"{several} {answer['status']}", answer), answer)


def nodes_outcome(answer: Mapping[str, Any]) -> Lines:
    """Return what came of a start, stop or restart of nodes."""
    several = "nodes" if len(answer["nodes"]) > 1 else "node"
    return _with_plan(nodes(f"{several} {answer['status']}", answer), answer)


def _with_plan(lines: Lines, answer: Mapping[str, Any]) -> Lines:
    return [*lines, "", f"plan: {answer['plan']}"] if answer.get("plan") else lines


def cluster(answer: Mapping[str, Any]) -> Lines:
    """Return what Elasticsearch said of itself."""
    lines = [f"status: {answer['status']}", f"nodes: {answer['nodes']}"]
    lines += [f"{name}: {answer[name]}" for name in ("master", "problem") if answer.get(name)]
    return [*lines, f"unassigned shards: {answer['unassigned']}"]


def metrics(answer: Mapping[str, Mapping[str, float]]) -> Lines:
    """Return numbers by broker."""
    lines = []
    for one, numbers in answer.items():
        lines.append(f"broker {one}")
        lines += [f"   {name} => {number:g}" for name, number in sorted(numbers.items())] or ["   none yet"]
    return lines


def topics(title: str, answer: Mapping[str, Any], quiet: bool = False) -> Lines:
    """Return topics."""
    if quiet:
        return [one["name"] for one in answer["topics"]]
    if not answer["topics"]:
        return ["no topics"]
    lines = [f"{title}:"]
    for one in answer["topics"]:
        replicas = ", ".join(f"{number}:{ids}" for number, ids in one["partitions"].items())
        lines += [f"  name: {one['name']}", f"  partitions: {replicas}"]
        if one["options"]:
            lines.append("  options: " + ",".join(f"{key}={value}" for key, value in one["options"].items()))
        lines.append("")
    return lines[:-1]


def partitions(answer: Mapping[str, Sequence[Mapping[str, Any]]]) -> Lines:
    """Return partitions; ``*`` marks a replica that is not in sync, ``!`` its partition."""
    if not answer:
        return ["no topics"]
    lines = ["    part | leader | expected | brokers (*not-isr)"]
    for topic, listed in answer.items():
        lines.append(f"  {topic}:")
        for one in listed:
            behind = set(one["replicas"]) - set(one["isr"])
            shown = ", ".join(f"*{broker}" if broker in behind else str(broker) for broker in one["replicas"])
            leader = "none" if one["leader"] < 0 else one["leader"]
            mark = "!" if behind else " "
            lines.append(f"  {mark} {one['id']:4} | {leader:>6} | {one['expectedLeader']:8} | [{shown}]")
    return lines


def move(verb: str, answer: Mapping[str, Any]) -> Lines:
    """Return how far a move is; what is planned, partition by partition."""
    status = answer["status"]
    shown = f"is {status}" if status in ("idle", "running") else status
    told = answer.get("error") or answer["state"]
    lines = [f"{verb} {shown}" + (f": {told}" if told else "")]
    if status in ("planned", "running", "timeout"):
        lines += [
            f"  {one['topic']}/{one['partition']}: {one['from'] or '?'} -> {one['to']}"
            for one in answer["moves"]
            if one["left"] or status == "planned"
        ]
    return lines


def quotas(answer: Sequence[Mapping[str, Any]]) -> Lines:
    """Return quotas."""
    return [
        f"{one['entityType']} {one['entity']}: "
        + ", ".join(f"{name}={rate}" for name, rate in one.items() if name not in ("entityType", "entity"))
        for one in answer
    ] or ["no quotas"]


def plans(answer: Mapping[str, Any]) -> Lines:
    """Return plans."""
    lines: Lines = []
    for one in answer["plans"]:
        lines += plan(one)
    return lines or ["no plans"]


def plan(one: Mapping[str, Any]) -> Lines:
    """Return a plan with its phases and steps."""
    lines = [f"{one['id']}: {one['kind']}, {one['status']}"]
    for phase in one["phases"]:
        lines.append(f"  {phase['name']}: {phase['status']}")
        for step in phase["steps"]:
            why = f" ({step['message']})" if step.get("message") else ""
            who = f"broker {step['broker']}" if "broker" in step else f"node {step['node']}"
            lines.append(f"    {who} {step['action']}: {step['status']}{why}")
    return lines


def _indented(lines: Iterable[str]) -> Lines:
    return [f"  {line}" for line in lines]


def _pairs(data: Mapping[str, Any], names: Sequence[str]) -> str:
    return ", ".join(f"{_kebab(name)}:{data[name]}" for name in names if data.get(name))


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
