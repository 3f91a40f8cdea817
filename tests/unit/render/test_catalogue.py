"""Golden states: what is stored once is put together again as it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render import catalogue

LINES = st.lists(st.sampled_from(["a: 1", "b: 2", "  c", "", "d"]), max_size=12)


@given(LINES, LINES)
def test_a_difference_makes_one_text_of_the_other(one: list[str], other: list[str]) -> None:
    base, text = ("".join(f"{line}\n" for line in lines) for lines in (["x", *one], ["x", *other]))
    assert catalogue.patched(base, catalogue.difference(base, text)) == text


def test_nodes_come_back_as_they_were_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "GOLDEN", tmp_path / "golden")
    catalogue.load.cache_clear()
    file = "- {name} (kafka.config):\n    file.managed:\n      contents: |\n        heap={heap}\n        x\n"
    nodes = {f"node-{number}": file.format(name="/a", heap=number % 2) for number in range(5)}
    nodes["node-1"] += file.format(name="/a", heap=7) + file.format(name="/b (c)", heap=8)
    try:
        for name, rendered in nodes.items():
            catalogue.accept(name, rendered)
        catalogue.load.cache_clear()
        assert {name: catalogue.join(states) for name, states in catalogue.load().items()} == {
            name: catalogue.join(catalogue.split(rendered)) for name, rendered in nodes.items()
        }
        catalogue.forget({"node-1"})
        assert catalogue.load().keys() == {"node-1"}
    finally:
        catalogue.load.cache_clear()
