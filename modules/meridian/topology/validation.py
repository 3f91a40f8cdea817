"""From pydantic's errors to sentences a user can act on."""

import copy
import types
import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar, get_args, get_origin

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


def validate(model: type[M], merged: Merged, fallback: str) -> tuple[M | None, list[Problem]]:
    """Check merged pillar against a model.

    :param fallback: file to name for what was written nowhere.
    :return: the typed settings and all problems. Unknown keys alone do not stand in the way of the settings,
        so that what is wrong with the others is said in the same run; anything else gives ``None`` for them.
    """
    try:
        return model.model_validate(merged.data), []
    except ValidationError as failure:
        errors = failure.errors(include_url=False)
    problems = [_problem(model, merged, fallback, error) for error in errors]
    if any(error["type"] != "extra_forbidden" for error in errors):
        return None, problems
    known = copy.deepcopy(merged.data)
    try:
        for error in errors:
            parent: Any = known
            for part in error["loc"][:-1]:
                parent = parent[part]
            del parent[error["loc"][-1]]
        return model.model_validate(known), problems
    except (LookupError, TypeError, ValidationError):  # a place inside a union is no path through the data
        return None, problems


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
