"""What Salt's users call: runners, execution modules and states, from their docstrings."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from meridian.common import paths

from generator.docstrings import summary, to_markdown
from generator.page import Page, fenced, table


@dataclass(frozen=True)
class Kind:
    """One of Salt's loader folders.

    :ivar package: where its modules are.
    :ivar folder: of its pages, below ``reference/``.
    :ivar how: how its functions are called, in Markdown.
    """

    package: str
    title: str
    folder: str
    how: str


KINDS = (
    Kind("meridian.runners", "Runners", "runners", "On the controller: `salt-run <function> …`."),
    Kind(
        "meridian.modules",
        "Execution modules",
        "modules",
        "On nodes: `salt '<node>' <function> …` from the controller, `salt-call <function> …` on a node.",
    ),
    Kind(
        "meridian.states", "States", "states", "In SLS files; each has the differences in `test=True`, too."
    ),
)


def pages(kind: Kind) -> list[Page]:
    """Return the pages of a kind: one that lists its modules, then one for each module."""
    modules = dict(_modules(kind))
    listing = [
        (
            f"[{name}]({name}.md)",
            summary(inspect.getdoc(module) or ""),
            ", ".join(f"[{one}]({name}.md#{_anchor(f'{name}.{one}')})" for one, _ in functions(module)),
        )
        for name, module in modules.items()
    ]
    index = f"# {kind.title}\n\n{kind.how}\n\n{table(('Module', 'What it is about', 'Functions'), listing)}\n"
    return [
        Page(f"reference/{kind.folder}/index.md", kind.title, index),
        *(
            Page(f"reference/{kind.folder}/{name}.md", name, _text(name, module))
            for name, module in modules.items()
        ),
    ]


def functions(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    """Return a module's functions as Salt offers them: public, its own, by the names that users give."""
    aliases: dict[str, str] = getattr(module, "__func_alias__", {})
    found = [
        (aliases.get(name, name), function)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
    ]
    return sorted(found, key=lambda one: one[0])


def _modules(kind: Kind) -> Iterator[tuple[str, ModuleType]]:
    package = importlib.import_module(kind.package)
    found = []
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{kind.package}.{info.name}")
        found.append((str(getattr(module, "__virtualname__", info.name)), module))
    return iter(sorted(found, key=lambda one: one[0]))


def _text(name: str, module: ModuleType) -> str:
    parts = [f"# {name}", to_markdown(inspect.getdoc(module) or "")]
    for short, function in functions(module):
        signature = inspect.signature(function)
        parts += [
            f"## {name}.{short}",
            fenced(f"{name}.{short}{_shown(signature)}", "python"),
            to_markdown(inspect.getdoc(function) or "", signature.parameters),
        ]
    source = Path(inspect.getfile(module)).relative_to(paths.repository())
    parts.append(f"Source: `{source}`")
    return "\n\n".join(parts) + "\n"


def _shown(signature: inspect.Signature) -> str:
    """Return parameters with their defaults; types say little to who types a command line."""
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def _anchor(heading: str) -> str:
    """Return the anchor that the site gives a heading."""
    return re.sub(r"[^\w-]", "", heading.lower())
