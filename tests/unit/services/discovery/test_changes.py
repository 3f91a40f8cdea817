"""Where servers are, and what the proxy has, to what it is told."""

import re

import pytest
from meridian.services.discovery.changes import needed
from meridian.services.discovery.model import DiscoveryError, Endpoint, Slot

A, B, C, D = (Endpoint("10.0.0.1", port) for port in (31001, 31002, 31003, 31004))


def slots(*held: Endpoint | tuple[Endpoint] | None) -> list[Slot]:
    """Slots of a backend: in use, never used, or in maintenance (a tuple)."""
    return [
        Slot("kafka", f"broker{number}", one[0] if isinstance(one, tuple) else one, isinstance(one, Endpoint))
        for number, one in enumerate(held, start=1)
    ]


def applied(before: list[Slot], commands: tuple[str, ...]) -> tuple[list[Slot], int]:
    """Do what the proxy does; also count the least servers in use on the way."""
    now = {slot.name: slot for slot in before}
    least = sum(slot.ready for slot in before)
    for command in commands:
        if place := re.fullmatch(r"set server kafka/(\w+) addr (\S+) port (\d+)", command):
            held, ready = Endpoint(place[2], int(place[3])), now[place[1]].ready
            now[place[1]] = Slot("kafka", place[1], held, ready)
        else:
            name, state = re.fullmatch(r"set server kafka/(\w+) state (ready|maint)", command).groups()  # type: ignore[union-attr]
            now[name] = Slot("kafka", name, now[name].endpoint, state == "ready")
        least = min(least, sum(slot.ready for slot in now.values()))
    return list(now.values()), least


@pytest.mark.parametrize(
    ("before", "wanted", "least"),
    [
        (slots(None, None, None, None), [A, B, C], 0),
        (slots(A, B, C, None), [A, B, C], 3),
        (slots(A, B, C, None), [D, B, C], 3),
        (slots(A, B, C), [D, B, C], 2),
        (slots(A, B, C), [D], 0),
        (slots(A, None), [A, B], 1),
        (slots((A,), B), [A, B], 1),
        (slots((A,), A), [A], 1),
        (slots(A, A), [A], 1),
        (slots(A, B, C, None), [B], 1),
    ],
    ids=[
        "first start",
        "nothing moved",
        "one moved",
        "one moved and no slot is free",
        "all gone but a new one, and no slot is free",
        "one more",
        "one came back",
        "one that has an older slot too",
        "one that is there twice",
        "two went",
    ],
)
def test_a_backend_leads_to_the_servers_that_there_are(
    before: list[Slot], wanted: list[Endpoint], least: int
) -> None:
    changes = needed({"kafka": wanted}, before)
    after, fewest = applied(before, changes.commands)
    assert sorted(slot.endpoint for slot in after if slot.ready and slot.endpoint) == sorted(wanted)
    assert fewest >= least
    assert not needed({"kafka": wanted}, after)


@pytest.mark.parametrize("wanted", [{}, {"kafka": []}, {"external": [A]}])
def test_a_backend_whose_servers_nobody_knows_is_left_alone(wanted: dict[str, list[Endpoint]]) -> None:
    assert not needed(wanted, slots(A, B))


def test_what_there_is_no_slot_for_is_told() -> None:
    changes = needed({"kafka": [A, B, C]}, slots(A, None))
    assert changes.left_out == (f"kafka {C}",)
    assert changes.added == (f"kafka {B}",)


def test_what_came_and_went_is_told() -> None:
    changes = needed({"kafka": [B, D]}, slots(A, B, None))
    assert (changes.added, changes.removed) == ((f"kafka {D}",), (f"kafka {A}",))


@pytest.mark.parametrize(
    ("address", "port"), [("10.0.0.1; shutdown", 1), ("agent-1", 1), ("10.0.0.1", 0), ("10.0.0.1", True)]
)
def test_nothing_but_an_address_and_a_port_becomes_a_command(address: str, port: int) -> None:
    with pytest.raises(DiscoveryError, match="expected"):
        Endpoint(address, port)
