"""What a provider may be proven to do: each operation as a function that raises when it is not done."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from meridian.cloud import errors, tags
from meridian.cloud.account import Account, Found
from meridian.cloud.create import fitting
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request

from tests.unit.cloud.conformance.recorder import Answer, Recorder
from tests.unit.cloud.conformance.subject import Subject

USER_DATA = "#cloud-config\nfqdn: conformance-marker.us-east.proof\n"
TAGS = {
    tags.PLATFORM: tags.OURS,
    tags.ENVIRONMENT: "proof",
    tags.REGION: "us-east",
    tags.ROLE: "kafka+connect",
}
NAME = "kafka-1.us-east.proof"
KEYS = {"id", "name", "state", "size", "image", "private_ips", "public_ips", "tags", "volumes", "firewall"}


def images(subject: Subject, account: Account, recorder: Recorder) -> None:
    """List images."""
    _named(account.adapter().images(_location(subject, account.adapter())))


def sizes(subject: Subject, account: Account, recorder: Recorder) -> None:
    """List sizes."""
    _named(account.adapter().sizes(_location(subject, account.adapter())))


def locations(subject: Subject, account: Account, recorder: Recorder) -> None:
    """List locations."""
    _named(account.adapter().locations())


def list_(subject: Subject, account: Account, recorder: Recorder) -> None:
    """List machines as plain data."""
    found = account.machines()
    assert found
    for one in found:
        described = account.described(one)
        assert described.keys() >= KEYS
        assert described["id"]
        json.dumps({**described, "extra": {}})


def show(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Find one machine by its name."""
    wanted = _machine(subject, account)
    found = account.named(wanted.name)
    assert wanted.adapter.identity(wanted.node) in {one.adapter.identity(one.node) for one in found}


def create(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Make a machine of a size and an image that were looked up by what a profile names."""
    node = _create(subject, account, recorder, "")
    assert node.id
    assert recorder.carried(account.adapter().machine_name(subject.name or NAME))


def user_data(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Carry user-data to the provider, in the request that is sent."""
    _create(subject, account, recorder, USER_DATA)
    assert recorder.carried("conformance-marker.us-east.proof")


def tagged(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Carry tags to the provider."""
    adapter = account.adapter()
    assert adapter.tags != "ledger"
    node = _create(subject, account, recorder, "")
    adapter.tag(node, TAGS)
    assert recorder.carried(tags.ENVIRONMENT)
    assert recorder.carried("proof")
    assert recorder.carried("us-east")


def start(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Start a machine."""
    _act("start", subject, account, recorder)


def stop(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Stop a machine."""
    _act("stop", subject, account, recorder)


def reboot(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Restart a machine."""
    _act("reboot", subject, account, recorder)


def destroy(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Remove a machine."""
    _act("destroy", subject, account, recorder)


def refused(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Say that credentials are refused."""
    _says(errors.Refused, subject.refused, subject, account, recorder)


def limited(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Say that calls come too often."""
    _says(errors.RateLimited, subject.limited, subject, account, recorder)


def unavailable(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Say that the provider has a fault."""
    _says(errors.Unavailable, subject.unavailable, subject, account, recorder)


def quota(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Say that the quota is reached when a machine is asked for."""
    assert subject.quota is not None
    adapter = account.adapter()
    request = _request(subject, adapter, "")
    subject.switch("create", recorder)
    recorder.answer, recorder.when = subject.quota, subject.creates
    with pytest.raises(errors.Quota) as raised, account.explained("make it"):
        adapter.create(request)
    _one_line(raised.value)


def unknown_size(subject: Subject, account: Account, recorder: Recorder) -> None:
    """Say that a size is not offered."""
    adapter = account.adapter()
    with pytest.raises(errors.NotOffered, match="no-such-size"):
        adapter.size("no-such-size", _location(subject, adapter))


OPERATIONS: Mapping[str, Callable[[Subject, Account, Recorder], None]] = {
    "images": images,
    "sizes": sizes,
    "locations": locations,
    "list": list_,
    "show": show,
    "create": create,
    "user-data": user_data,
    "tags": tagged,
    "start": start,
    "stop": stop,
    "reboot": reboot,
    "destroy": destroy,
    "refused": refused,
    "quota": quota,
    "rate limit": limited,
    "unavailable": unavailable,
    "unknown size": unknown_size,
}


def _machine(subject: Subject, account: Account) -> Found:
    listed = account.machines()
    return next((one for one in listed if one.node.name == subject.node), listed[0])


def _named(things: list[Any]) -> None:
    assert things
    assert all(str(thing.id) and str(thing.name) for thing in things)


def _location(subject: Subject, adapter: Adapter) -> Any:
    return adapter.location(subject.location, subject.zone)


def _request(subject: Subject, adapter: Adapter, text: str) -> Request:
    location = _location(subject, adapter)
    return Request(
        name=subject.name or NAME,
        size=adapter.size(subject.size, location),
        image=adapter.image(subject.image, location),
        location=location,
        zone=subject.zone,
        tags=TAGS,
        user_data=fitting(text, adapter, NAME) if text else "",
        network=subject.network,
        extra=subject.extra,
    )


def _create(subject: Subject, account: Account, recorder: Recorder, text: str) -> Any:
    adapter = account.adapter()
    request = _request(subject, adapter, text)
    subject.switch("create", recorder)
    recorder.sent.clear()
    return adapter.create(request)


def _act(what: str, subject: Subject, account: Account, recorder: Recorder) -> None:
    found = _machine(subject, account)
    subject.switch(what, recorder)
    recorder.sent.clear()
    assert getattr(found.adapter, what)(found.node)
    assert recorder.sent


def _says(
    kind: type[Exception], answer: Answer | None, subject: Subject, account: Account, recorder: Recorder
) -> None:
    assert answer is not None
    account.adapter()
    recorder.answer = answer
    with pytest.raises(kind) as raised:
        account.machines()
    _one_line(raised.value)


def _one_line(problem: Exception) -> None:
    text = str(problem)
    assert "\n" not in text
    assert text.startswith("proof: ")
    assert "very-secret" not in text
