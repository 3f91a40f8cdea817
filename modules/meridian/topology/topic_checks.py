"""What Kafka and MirrorMaker take for a topic's name, or for an expression that matches some. Pure.

Names: ``org.apache.kafka.common.internals.Topic``. Expressions: MirrorMaker joins them with commas and asks
Java whether the whole name matches (``DefaultTopicFilter``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from meridian.topology import patterns
from meridian.topology.layers import Merged
from meridian.topology.problems import Path, Problem
from meridian.topology.schema import RegionSettings

Found = Iterator[tuple[Path, str]]

_LONGEST = 249
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def name(text: str) -> str:
    """Return what is wrong with a topic's name; empty when Kafka takes it."""
    if text in (".", ".."):
        return f"expected a topic's name, which {text} cannot be"
    if not _NAME.fullmatch(text):
        wrong = next((letter for letter in text if not _NAME.fullmatch(letter)), "")
        return (
            f"expected a topic's name of letters from a to z, digits, '.', '_' and '-'; found {wrong!r} in it"
        )
    if len(text) > _LONGEST:
        return f"expected a topic's name of at most {_LONGEST} characters, found {len(text)}"
    return ""


def expression(text: str) -> str:
    """Return what is wrong with a name or expression of topics; empty when all who read it take it."""
    if "," in text:
        return "expected a name or regular expression without a comma, which MirrorMaker takes for its end"
    try:
        re.compile(text)
    except re.error as error:
        hint = ""
        if text.startswith("*"):
            rest = text[1:].replace(".", "\\.")
            hint = f"; did you mean '.*{rest}'?"
        return f"expected a name or regular expression: {error.msg} at character {(error.pos or 0) + 1}{hint}"
    return ""


def check(pillar: RegionSettings) -> Found:
    """Yield what is wrong with the topics of a region and with what is said of topics: path, expected."""
    for key in pillar.topics:
        if wrong := name(key):
            yield ("topics", key), wrong
    for path, texts in _expressions(pillar):
        for position, text in enumerate(texts):
            if wrong := expression(text):
                yield (*path, str(position)), wrong
    yield from _colliding({key: ("topics", key) for key in pillar.topics})


def between(regions: Mapping[str, RegionSettings], merged: Mapping[str, Merged]) -> list[Problem]:
    """Return where a mirrored topic's name would collide with another in the region that it arrives in."""
    found = []
    for target, pillar in regions.items():
        here: dict[str, tuple[str, Path]] = {key: (target, ("topics", key)) for key in pillar.topics}
        for source, other in regions.items():
            for key, flow in other.flows.items():
                if flow.target != target or source == target:
                    continue
                for topic in other.topics:
                    if patterns.matches(flow.topics, topic):
                        arrives = topic if flow.naming == "identity" else f"{source}.{topic}"
                        here.setdefault(arrives, (source, ("flows", key, "topics")))
        for (region, path), message in _collisions(here):
            found.append(merged[region].problem(path, f"{message} in region {target}"))
    return found


def _expressions(pillar: RegionSettings) -> Iterator[tuple[Path, Iterable[str]]]:
    for key, flow in pillar.flows.items():
        yield ("flows", key, "topics"), flow.topics
    yield ("archive", "topics"), pillar.archive.topics
    yield ("archive", "exclude"), pillar.archive.exclude
    yield ("elasticsearch", "sink", "topics"), pillar.elasticsearch.sink.topics
    yield ("elasticsearch", "sink", "exclude"), pillar.elasticsearch.sink.exclude


def _colliding(places: Mapping[str, Path]) -> Found:
    for (_, path), message in _collisions({key: ("", path) for key, path in places.items()}):
        yield path, message


def _collisions(
    places: Mapping[str, tuple[str, Path]],
) -> Iterator[tuple[tuple[str, Path], str]]:
    """Yield those whose metrics Kafka could not tell from another's: it refuses '.' beside '_'."""
    seen: dict[str, str] = {}
    for topic, place in places.items():
        other = seen.setdefault(topic.replace(".", "_"), topic)
        if other != topic:
            yield (
                place,
                f"expected a name that differs in more than '.' and '_': {topic} collides with {other}",
            )
