"""Help, made from the table of commands."""

from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.cli.arguments import flag
from kafka_scheduler.cli.commands import COMMANDS, Command
from kafka_scheduler.cli.show import Lines

_WIDTH = 34
_EXPRESSIONS = {
    "broker": (
        "broker expressions:",
        "  0, 0,1, 0..2, 0,1..2      by id",
        "  *                         all",
        "  *[rack=r1]                all on agents with rack=r1",
        "  0..4[rack=r1,dc=dc1]      of these, those with both",
        "  *[hostname=slave*]        all on hosts so called",
        "  [rack]                    all, one of each rack in turn",
    ),
    "topic": (
        "topic expressions:",
        "  t0, t0,t1                 by name",
        "  *, t*                     all, all that begin so",
    ),
    "constraints": (
        "constraints, on hostname or any attribute of agents:",
        "  rack=like:r[12]           the value is r1 or r2",
        "  rack=unlike:r3            it is not r3",
        "  hostname=unique           no two brokers have the same",
        "  dc=cluster, dc=cluster:d1 all have the same, all have d1",
        "  rack=groupBy:3            over 3 values, equally many on each",
    ),
}


def overview() -> Lines:
    """Return all commands."""
    lines = [
        "Usage: kafka-scheduler <command> [arguments] [options]",
        "",
        "The scheduler is found by --api URL or KAFKA_SCHEDULER_API, KAFKA_SCHEDULER_CA,",
        "KAFKA_SCHEDULER_SECRET_FILE, or a properties file that KAFKA_SCHEDULER_CONFIG names; that of",
        "Elasticsearch by variables that begin with ELASTICSEARCH_SCHEDULER_ instead.",
        "",
        "Commands:",
        f"  {'scheduler':{_WIDTH}} run a scheduler",
        f"  {'elasticsearch scheduler':{_WIDTH}} run a scheduler of Elasticsearch",
    ]
    lines += [f"  {' '.join(one.words):{_WIDTH}} {one.summary}" for one in COMMANDS]
    return [*lines, f"  {'help [command]':{_WIDTH}} say more"]


def group(word: str) -> Lines:
    """Return the commands that begin with a word; none when there are none."""
    return [f"  {' '.join(one.words):{_WIDTH}} {one.summary}" for one in COMMANDS if one.words[0] == word]


def of(command: Command) -> Lines:
    """Return what there is to know of a command."""
    arguments = [
        f"<{name}>" if index < command.needed else f"[<{name}>]"
        for index, name in enumerate(command.arguments)
    ]
    shorts = [" ".join(one) for one in command.shorts]
    lines = [
        command.summary,
        " ".join(["Usage:", *command.words, *arguments, "[options]"]),
        *([f"Also: {', '.join(shorts)}"] if shorts else []),
        "",
        *(_line(f"<{name}>", command.parameters()[name]) for name in command.arguments),
        *(_line(flag(one), one) for one in command.options()),
        f"  {'--json':{_WIDTH}} the answer as JSON",
    ]
    for name, explained in _EXPRESSIONS.items():
        if name in command.parameters():
            lines += ["", *explained]
    if command.words == ("broker", "update"):
        lines += ["", 'An empty value ("") sets an option back to its default.']
    return lines


def _line(name: str, parameter: Parameter) -> str:
    default = (
        f" (default {parameter.default})" if parameter.default and "default" not in parameter.help else ""
    )
    return f"  {name:{_WIDTH}} {parameter.help}{default}"
