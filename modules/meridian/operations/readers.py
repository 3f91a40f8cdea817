"""What archivers and sinks say holds them up, as their nodes tell."""

from collections.abc import Mapping
from typing import Any

from meridian.salt_api import minions
from meridian.topology.model import Topology

_SECONDS = 8
# What is shown of one node; the others of the kind have the same cause as a rule.
_SHOWN = 5
# Role, the function that tells, and the word for it.
_KINDS = (("archive", "archive.service", "archiver"), ("elasticsearch", "elasticsearch.sink", "sink"))


def ask(opts: dict[str, Any], topology: Topology) -> list[str]:
    """Return a line for each thing that holds an archiver or a sink up, with its reason.

    A node that does not answer says nothing here: that it does not answer is told of nodes.

    :param opts: the master's options.
    :raises MeridianError: the master takes no job.
    """
    found: list[str] = []
    for role, function, word in _KINDS:
        nodes = [node.id for region in topology.regions for node in region.with_role(role)]
        found += lines(word, minions.answers(opts, nodes, function, _SECONDS))
    return found


def lines(word: str, told: Mapping[str, Any]) -> list[str]:
    """Return the problems of some services of one kind, each with its node.

    :param word: what such a service is called.
    :param told: node → what its service says about itself.
    """
    found = []
    for node, facts in sorted(told.items()):
        if not isinstance(facts, Mapping):
            continue
        problems = [str(one) for part in ("problems", "missed") for one in facts.get(part, ())]
        found += [f"{word} on {node}: {one}" for one in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            found.append(f"{word} on {node}: {len(problems) - _SHOWN} more like these")
        if facts.get("state") == "stopped" and word == "archiver":
            found.append(f"{word} on {node} does not run: see journalctl -u meridian-archiver there")
    return found
