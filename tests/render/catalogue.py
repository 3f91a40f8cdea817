"""Golden states, each once: what a state does on most nodes, and how it differs on the others.

One file for each formula. ``nodes.yaml`` says which states a node has, in order; a state's file has its text,
and for those nodes where it reads otherwise the difference to that text. Nothing is lost: a node's whole
rendering is put together from them again.
"""

import difflib
import fcntl
import functools
import os
import re
import textwrap
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

GOLDEN = Path(__file__).parent / "golden"
_NODES = "nodes"
_STATE = re.compile(r"(?m)^(?=- )")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")

#: What a node does, in order: a state's name and its text.
Rendering = tuple[tuple[str, str], ...]


def split(rendered: str) -> Rendering:
    """Return the states of a rendering; one whose name comes again is told from the first by a number."""
    seen: Counter[str] = Counter()
    found = []
    for text in filter(None, _STATE.split(rendered)):
        name = text.partition("\n")[0].removeprefix("- ").strip("'\"?: ")
        seen[name] += 1
        rest = textwrap.dedent(text.partition("\n")[2])
        found.append((name if seen[name] == 1 else f"{name} #{seen[name]}", rest))
    return tuple(found)


def join(states: Rendering) -> str:
    """Return a rendering as text, for a reader."""
    return "".join(f"- {name}:\n{textwrap.indent(text, '    ')}" for name, text in states)


def formula(name: str) -> str:
    """Return the formula that a state is of: what its SLS begins with."""
    return re.split(r"[. )]", name.rpartition(" (")[2])[0]


def difference(base: str, text: str) -> str:
    """Return how a text differs from another, in hunks without context."""
    lines = difflib.unified_diff(base.splitlines(), text.splitlines(), n=0, lineterm="")
    return "\n".join(list(lines)[2:]) + "\n"


def patched(base: str, hunks: str) -> str:
    """Return the text that :func:`difference` made the hunks of."""
    lines, moved = base.splitlines(), 0
    at = 0
    for line in hunks.splitlines():
        if match := _HUNK.fullmatch(line):
            old, count = int(match[1]), int(match[2] or 1)
            at = old - 1 + moved if count else old + moved
            del lines[at : at + count]
            moved -= count
        elif line.startswith("+"):
            lines.insert(at, line[1:])
            at, moved = at + 1, moved + 1
    return "\n".join(lines) + "\n"


@functools.cache
def load() -> dict[str, Rendering]:
    """Return all golden renderings by the name of their node."""
    parts = {path.stem: yaml.load(path.read_text(), _LOADER) for path in sorted(GOLDEN.glob("*.yaml"))}
    rosters = parts.pop(_NODES, None) or []
    texts = {name: state for part in parts.values() for name, state in part.items()}
    return {
        node: tuple((name, _of(texts[name], node)) for name in _unfolded(roster["states"]))
        for roster in rosters
        for node in roster["nodes"]
    }


def accept(node: str, rendered: str) -> None:
    """Put a node's rendering into the golden files."""
    with _alone():
        load.cache_clear()
        save({**load(), node: split(rendered)})


def forget(known: Collection[str]) -> None:
    """Take all renderings but those of some nodes out of the golden files."""
    with _alone():
        load.cache_clear()
        save({node: states for node, states in load().items() if node in known})


def save(renderings: Mapping[str, Rendering]) -> None:
    """Write golden files."""
    rosters: dict[tuple[str, ...], list[str]] = {}
    texts: dict[str, dict[str, list[str]]] = {}
    for node, states in sorted(renderings.items()):
        rosters.setdefault(tuple(name for name, _ in states), []).append(node)
        for name, text in states:
            texts.setdefault(name, {}).setdefault(text, []).append(node)
    parts: dict[str, dict[str, object]] = {}
    for name, variants in sorted(texts.items()):
        parts.setdefault(formula(name), {})[name] = _stored(variants)
    whole: dict[str, object] = dict(parts)
    whole[_NODES] = [{"nodes": nodes, "states": _folded(names)} for names, nodes in rosters.items()]
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.yaml"):
        if path.stem not in whole:
            path.unlink()
    for stem, part in whole.items():
        text = yaml.dump(part, Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)
        (GOLDEN / f"{stem}.yaml").write_text(text, encoding="utf-8")
    load.cache_clear()


def _stored(variants: Mapping[str, list[str]]) -> dict[str, object] | str:
    """Return a state as its file has it: the text of most nodes, and the others' differences.

    Each is to the text that is nearest of those before it.
    """
    first, *others = sorted(variants, key=lambda text: (-len(variants[text]), text))
    before, differs = [first], []
    for text in others:
        hunks = {at: difference(earlier, text) for at, earlier in enumerate(before)}
        nearest = min(hunks, key=lambda at: (hunks[at].count("\n"), at))
        origin = {"from": nearest} if nearest else {}
        differs.append({"on": variants[text], **origin, "by": hunks[nearest]})
        before.append(text)
    return {"text": first, "differs": differs} if differs else first


def _of(state: Mapping[str, Any] | str, node: str) -> str:
    if isinstance(state, str):
        return state
    texts = [state["text"]]
    for one in state.get("differs", ()):
        texts.append(patched(texts[one.get("from", 0)], one["by"]))
        if node in one["on"]:
            return str(texts[-1])
    return str(texts[0])


def _folded(names: Sequence[str]) -> list[dict[str, list[str]]]:
    """Return states with the SLS that runs of them share named once."""
    found: list[dict[str, list[str]]] = []
    for name in names:
        identifier, _, rest = name.rpartition(" (")
        sls, _, number = rest.partition(")")
        if not found or sls not in found[-1]:
            found.append({sls: []})
        found[-1][sls].append(identifier + number)
    return found


def _unfolded(folded: Sequence[Mapping[str, Sequence[str]]]) -> Iterator[str]:
    for part in folded:
        for sls, names in part.items():
            for name in names:
                identifier, mark, number = name.partition(" #")
                yield f"{identifier} ({sls}){mark}{number}"


@contextmanager
def _alone() -> Iterator[None]:
    """Keep out other processes of the tests."""
    GOLDEN.mkdir(exist_ok=True)
    folder = os.open(GOLDEN, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class _Dumper(yaml.SafeDumper):
    """Texts as they read, lists of names in one line; nothing by reference."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


def _list(dumper: yaml.SafeDumper, data: list[object]) -> yaml.Node:
    flow = all(isinstance(one, str) for one in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flow)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
