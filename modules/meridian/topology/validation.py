"""From pydantic's errors to sentences a user can act on."""

import copy
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from meridian.topology.layers import Merged
from meridian.topology.problems import Path, Problem, suggest

M = TypeVar("M", bound=BaseModel)

_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "scalar_type": "text, a number, or true or false",
    "port_type": "a port, or the setting that holds it such as kafka.ports.internal",
}
_BOUNDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "greater_than_equal": lambda ctx: f"at least {ctx['ge']:g}",
    "greater_than": lambda ctx: f"more than {ctx['gt']:g}",
    "less_than_equal": lambda ctx: f"at most {ctx['le']:g}",
    "literal_error": lambda ctx: f"{ctx['expected']}",
    "too_short": lambda ctx: f"at least {ctx['min_length']} of them",
    "string_too_short": lambda ctx: f"text of at least {ctx['min_length']} characters",
    "string_too_long": lambda ctx: f"text of at most {ctx['max_length']} characters",
    "string_pattern_mismatch": lambda ctx: f"a name like {ctx['pattern']}",
}


@dataclass(frozen=True)
class Checked(Generic[M]):
    """What became of merged pillar.

    :ivar settings: typed; where values were wrong, with others in their place that could stand there, so that
        what else is wrong is said in the same run. ``None`` where nothing could.
    :ivar problems: all that is wrong.
    :ivar replaced: where other values were put in.
    """

    settings: M | None
    problems: list[Problem]
    replaced: tuple[Path, ...] = ()

    def follows(self, problem: Problem, merged: Merged) -> bool:
        """Return whether a problem may come of a value that was put in: it is of the same thing."""
        origins = (merged.origin(path[:-1] or path) for path in self.replaced)
        return any(
            problem.file == origin.file and problem.path[: len(origin.path)] == origin.path
            for origin in origins
        )


def validate(model: type[M], merged: Merged, fallback: str) -> Checked[M]:
    """Check merged pillar against a model.

    :param fallback: file to name for what was written nowhere.
    """
    try:
        return Checked(model.model_validate(merged.data), [])
    except ValidationError as failure:
        errors = failure.errors(include_url=False)
    problems = [_problem(model, merged, fallback, error) for error in errors]
    data = copy.deepcopy(merged.data)
    try:
        replaced = tuple(path for error in errors if (path := _mended(data, error)))
        return Checked(model.model_validate(data), problems, replaced)
    except (LookupError, TypeError, ValueError):  # a place inside a union is no path through the data
        return Checked(None, problems)


def _mended(data: Any, error: Any) -> Path:
    """Take away what is unknown, or put something that could stand there in the place of what is wrong.

    :return: where something was put in; empty when it was taken away.
    :raises LookupError: nothing is known to put there.
    """
    place = error["loc"]
    parent = data
    for part in place[:-1]:
        parent = parent[part]
    if error["type"] == "extra_forbidden":
        del parent[place[-1]]
        return ()
    parent[place[-1]] = _STAND_INS[error["type"]](error.get("ctx") or {})
    return tuple(str(part) for part in place)


_STAND_INS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "greater_than_equal": lambda ctx: ctx["ge"],
    "greater_than": lambda ctx: ctx["gt"] + 1,
    "less_than_equal": lambda ctx: ctx["le"],
    "less_than": lambda ctx: ctx["lt"] - 1,
    "int_type": lambda _: 1,
    "int_from_float": lambda _: 1,
    "float_type": lambda _: 1.0,
    "string_type": lambda _: "xxx",
    "string_pattern_mismatch": lambda _: "xxx",
    "string_too_short": lambda ctx: "x" * ctx["min_length"],
    "string_too_long": lambda _: "xxx",
    "bool_type": lambda _: False,
    "port_type": lambda _: 1,
    "scalar_type": lambda _: "xxx",
}


def _problem(model: type[BaseModel], merged: Merged, fallback: str, error: Any) -> Problem:
    path: Path = tuple(str(part) for part in error["loc"] if part != "[key]")
    origin = merged.origin(path, fallback)
    return Problem(origin.file, origin.path, _sentence(model, path, error))


def _sentence(model: type[BaseModel], path: Path, error: Any) -> str:
    kind, ctx, value = error["type"], error.get("ctx") or {}, error["input"]
    if kind == "extra_forbidden":
        parent = type_at(model, path[:-1])
        known = parent.model_fields if isinstance(parent, type) and issubclass(parent, BaseModel) else ()
        return f"unknown key; {suggest(path[-1], known)}"
    if kind == "missing":
        return f"missing; expected {_describe(type_at(model, path))}"
    if kind in _KINDS:
        return f"expected {_KINDS[kind]}, found {_found(value)}"
    if kind in _BOUNDS:
        return f"expected {_BOUNDS[kind](ctx)}, found {_found(value)}"
    return f"{error['msg']}, found {_found(value)}"


def _found(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return repr(value)


def _bare(annotation: Any) -> Any:
    """Strip ``Annotated`` and ``| None`` off a type."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation


def type_at(model: Any, path: Path) -> Any:
    """Return the type that the schema has at a path, ``None`` where it has none."""
    here = _bare(model)
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(part)
            # A field's own annotation has lost its constraints, which no one asks for here.
            here = _bare(field.annotation) if field else None
        elif get_origin(here) in (dict, list):
            here = _bare(get_args(here)[-1])
        else:
            return None
    return here


def _describe(annotation: Any) -> str:
    plain = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    if annotation in plain:
        return plain[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"a mapping with {', '.join(_required(annotation))}"
    if get_origin(annotation) is typing.Literal:
        return " or ".join(repr(choice) for choice in get_args(annotation))
    return "a list" if get_origin(annotation) is list else "a mapping"


def _required(model: type[BaseModel]) -> Iterator[str]:
    return (name for name, field in model.model_fields.items() if field.is_required())
