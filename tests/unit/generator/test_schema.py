"""The shape of the pillar in words."""

from typing import Annotated, Literal

from generator.schema import Key, keys, summary
from pydantic import BaseModel, Field


class Opening(BaseModel):
    """``fire.open.<role>.<port>``: who may come in."""

    number: Annotated[int, Field(ge=1, le=65535)]
    protocol: Literal["tcp", "udp"] = "tcp"


class Fire(BaseModel):
    """``fire``: what nodes let in."""

    on: Literal["auto", True, False]
    names: Annotated[list[Annotated[str, Field(pattern="^[a-z]+$")]], Field(min_length=1)] = []
    limit: float | None = None
    open: dict[str, dict[str, Opening]] = {}


FOUND = {key.path: key for key in keys(Fire, ("fire",))}


def test_every_key_is_found_under_the_names_that_models_give() -> None:
    assert list(FOUND) == [
        ("fire", "on"),
        ("fire", "names"),
        ("fire", "limit"),
        ("fire", "open", "<role>", "<port>", "number"),
        ("fire", "open", "<role>", "<port>", "protocol"),
    ]


def test_what_a_key_takes_is_said_with_its_bounds_and_default() -> None:
    port = ("fire", "open", "<role>", "<port>", "number")
    assert FOUND[port] == Key(port, "whole number, ≥ 1, ≤ 65535", None)
    assert FOUND[("fire", "on")].takes == "`auto`, `true`, `false`"
    assert FOUND[("fire", "names")] == Key(("fire", "names"), "list of text, like `^[a-z]+$`", "[]")
    assert FOUND[("fire", "limit")] == Key(("fire", "limit"), "number", None)
    assert FOUND[(*port[:-1], "protocol")].default == "tcp"


def test_a_section_says_what_it_is_about() -> None:
    assert summary(Fire) == "What nodes let in."
