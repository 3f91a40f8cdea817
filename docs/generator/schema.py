"""The shape of the pillar as the models have it: every key, what it takes, and the default it has there."""

import inspect
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

_PLAIN = {int: "whole number", float: "number", str: "text", bool: "true or false", Any: "anything"}
#: What validators of our own let through, by the name of their function.
_CHECKED = {"_scalar": "text, number, true or false", "_port": "a port, or the setting that holds it"}
#: Docstrings of models begin with the place of their keys in the pillar.
_OWN_NAME = re.compile(r"^``([^`]+)``[:.] ?")
_BOUNDS = (("ge", "≥ {}"), ("gt", "> {}"), ("le", "≤ {}"), ("lt", "< {}"))


@dataclass(frozen=True)
class Key:
    """One key of the pillar.

    :ivar path: keys from the top; ``<name>`` stands for one that a user chooses.
    :ivar takes: what it takes, in words.
    :ivar default: the model's own, as YAML has it; ``None`` when the model has none.
    """

    path: tuple[str, ...]
    takes: str
    default: str | None


def keys(annotation: Any, path: tuple[str, ...]) -> Iterator[Key]:
    """Return the keys below a section, in the models' order.

    :param annotation: the section's type.
    """
    here = _bare(annotation)
    if isinstance(here, type) and issubclass(here, BaseModel):
        path = _named(here, path)
        for name, field in here.model_fields.items():
            yield from _of_field((*path, name), field)
    elif get_origin(here) is dict and _model_of(here) is not None:
        yield from keys(get_args(here)[1], (*path, "<name>"))
    else:
        yield Key(path, takes(annotation), None)


def summary(annotation: Any) -> str:
    """Return what a section's model says of itself, without its own name."""
    text = _OWN_NAME.sub("", _doc(_model_of(annotation)))
    return text[:1].upper() + text[1:]


def _named(model: type[BaseModel], path: tuple[str, ...]) -> tuple[str, ...]:
    """Return a path with the names for what users choose that the model's docstring gives, if it does."""
    own = _OWN_NAME.match(_doc(model))
    named = tuple(own[1].split(".")) if own else ()
    return named if len(named) == len(path) and "<name>" in path and named[0] == path[0] else path


def _doc(model: type[BaseModel] | None) -> str:
    return " ".join((inspect.getdoc(model) or "").split()) if model else ""


def takes(annotation: Any, metadata: typing.Sequence[Any] = ()) -> str:
    """Return what a type takes, in words."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return takes(inner, [*more, *metadata])
    flat = [one for each in metadata for one in (each.metadata if isinstance(each, FieldInfo) else [each])]
    checked = [
        _CHECKED.get(getattr(one.func, "__name__", "")) for one in flat if isinstance(one, BeforeValidator)
    ]
    if any(checked):
        return next(one for one in checked if one)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return ", or ".join(takes(one) for one in inner if one is not type(None))
    if origin is typing.Literal:
        return ", ".join(f"`{_yaml(one)}`" for one in inner)
    if origin is list:
        return f"list of {takes(inner[0])}"
    if origin is dict:
        return f"mapping to {takes(inner[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"mapping with {', '.join(f'`{name}`' for name in annotation.model_fields)}"
    return ", ".join([_PLAIN.get(annotation, "anything"), *_bounds(flat)])


def _of_field(path: tuple[str, ...], field: FieldInfo) -> Iterator[Key]:
    inner = _model_of(field.annotation)
    bare = _bare(field.annotation)
    if inner is not None and get_origin(bare) is not list:
        yield from keys(bare, path)
        return
    default = None if field.is_required() or field.default is None else _yaml(field.default)
    yield Key(path, takes(field.annotation, field.metadata), default)


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a type is, or that its values are."""
    here = _bare(annotation)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return here
    return _model_of(get_args(here)[-1]) if get_origin(here) in (dict, list) else None


def _bare(annotation: Any) -> Any:
    """Strip ``Annotated`` and ``| None`` off a type."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        rest = [one for one in get_args(annotation) if one is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else annotation
    return annotation


def _bounds(metadata: typing.Sequence[Any]) -> Iterator[str]:
    """Return in words what a number or a text is bound to."""
    for one in metadata:
        for name, words in _BOUNDS:
            if (bound := getattr(one, name, None)) is not None:
                yield words.format(bound)
        if pattern := getattr(one, "pattern", None):
            yield f"like `{pattern}`"
        if (least := getattr(one, "min_length", None) or 0) > 1:
            yield f"at least {least} characters"
        if most := getattr(one, "max_length", None):
            yield f"at most {most} characters"


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
