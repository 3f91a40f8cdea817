"""Making a machine at a provider, so that doing it again makes no second one."""

import gzip
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from libcloud.compute.types import NodeState

from meridian.cloud import errors, tags
from meridian.cloud.account import Account, Found, several
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.request import Request, Volume, number
from meridian.common.errors import MeridianError

RUNNING_SECONDS = 600.0
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 10.0


@dataclass(frozen=True)
class MachineSpec:
    """A machine as profile and map describe it.

    :ivar name: node id.
    :ivar size: name or id, as all that follow; empty means the provider's only or default one.
    :ivar volumes: ``{name, size_gb, type}`` each.
    :ivar firewall: ``{port, protocol, sources}`` each; ``None`` to leave it alone.
    :ivar create: further arguments of ``create_node``.
    """

    name: str
    size: str
    image: str
    location: str = ""
    zone: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    volumes: Sequence[Mapping[str, Any]] = ()
    firewall: Sequence[Mapping[str, Any]] | None = None
    network: Mapping[str, Any] = field(default_factory=dict)
    ssh_key: str = ""
    ssh_public_key: str = ""
    create: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CreateResult:
    """What there is afterwards.

    :ivar taken: whether it was there already.
    :ivar public_key: PEM of the key that its minion has; for a taken one that of an earlier run, empty when
        this clone did not make it.
    """

    found: Found
    taken: bool
    public_key: str


def make(
    account: Account,
    order: MachineSpec,
    public_key: str = "",
    user_data: Callable[[], str] | None = None,
    deadline: float = RUNNING_SECONDS,
    wait: Callable[[float], None] = time.sleep,
) -> CreateResult:
    """Have one machine of a name run.

    1. One of that name with our tags is taken, one without them is an error. 2. Size, image and place are
    looked up. 3. It is written down that it will be made. 4. Firewall, machine, tags. 5. Wait until it runs.
    6. Volumes.

    :param public_key: PEM of its minion's public key, accepted on the master.
    :param user_data: returns cloud-init's user-data; only called when the machine is made.
    :param deadline: seconds until it must run.
    :raises MeridianError: of :mod:`meridian.cloud.errors`; what was made and does not run stays and is named.
    """
    adapter = account.adapter(order.location)
    wanted_tags = {tags.PLATFORM: tags.OURS, **order.tags}
    existing = account.named(order.name, order.location)
    if len(existing) > 1:
        raise several(order.name, account.alias, existing)
    if existing and not tags.is_ours(existing[0].tags, wanted_tags.get(tags.ENVIRONMENT, "")):
        raise errors.AlreadyExists(
            f"{order.name}: {account.alias} has a machine of that name without our tags "
            f"({adapter.identity(existing[0].node)}); it is left alone: rename or remove it there"
        )
    if existing:
        known = account.ledger.read().get(order.name)
        public_key = known.public_key if known else ""
        with account.explained(f"make volumes of {order.name}"):
            if adapter.volumes == "attach" and order.volumes:
                adapter.make_volumes(existing[0].node, _request(adapter, order, wanted_tags, "", "", None))
        return CreateResult(running(account, existing[0], deadline, wait), True, public_key)
    with account.explained(f"make {order.name}"):
        text = user_data() if user_data is not None else ""
        data = fitting(text, adapter, order.name) if text else ""
        chosen = _chosen(account, adapter, order)
        place = order.location if adapter.regional else ""
        entry = account.ledger.intend(order.name, wanted_tags, public_key, place)
        request = _request(adapter, order, wanted_tags, data, entry.token, chosen)
        _prepare_firewall(account, adapter, request, order.location)
        node = adapter.create(request)
    account.ledger.made(order.name, adapter.identity(node))
    with account.explained(f"{order.name} was made, but its tags or volumes not"):
        adapter.tag(node, wanted_tags)
        found = running(
            account, Found(order.name, node, adapter, wanted_tags, order.location), deadline, wait
        )
        adapter.make_volumes(found.node, request)
    return CreateResult(found, False, public_key)


def protect(account: Account, order: MachineSpec) -> bool:
    """Have the firewall of a machine that exists as its order says; machines of one kind may share it.

    :returns: whether the provider has firewalls that we set.
    """
    adapter = account.adapter(order.location)
    wanted_tags = {tags.PLATFORM: tags.OURS, **order.tags}
    with account.explained(f"set the firewall of {order.name}"):
        request = _request(adapter, order, wanted_tags, "", "", (None, None, None))
        _prepare_firewall(account, adapter, request, order.location)
    return adapter.firewall


def running(account: Account, made: Found, deadline: float, wait: Callable[[float], None]) -> Found:
    """Return a machine as it is once it runs and has an address.

    :param deadline: seconds until then.
    :raises Timeout: it does not run in time.
    """
    until, pause = time.monotonic() + deadline, _FIRST_WAIT
    state = str(made.node.state)
    while True:
        try:
            with account.explained(f"look after {made.name}"):
                node = made.adapter.again(made.node)
            state = "gone" if node is None else str(node.state)
            if node is not None and node.state == NodeState.RUNNING and (node.private_ips or node.public_ips):
                return Found(made.name, node, made.adapter, made.tags, made.location)
            if node is not None and node.state == NodeState.ERROR:
                raise errors.CloudError(f"{made.name} was made but is in state error: {_fault(node)}")
        except (errors.RateLimited, errors.Unavailable) as problem:
            pause = max(pause, getattr(problem, "retry_after", None) or 0.0)
            state = "unknown"
        if time.monotonic() + pause > until:
            raise errors.Timeout(
                f"{made.name} was made but does not run after {deadline:.0f} s: its state is {state}"
            )
        wait(pause)
        pause = min(pause * 1.5, _LONGEST_WAIT)


def destroy(account: Account, name: str) -> bool:
    """Remove the machine of a name with its data, and what was written down about it.

    :raises MeridianError: there is none, or it does not carry our tags; of several all with our tags go.
    """
    found = account.near(name)
    if not found:
        account.ledger.forget(name)
        raise MeridianError(f"{name}: {account.alias} has no machine of that name")
    mine = [one for one in found if tags.is_ours(one.tags)]
    if not mine:
        raise errors.AlreadyExists(f"{name}: the machine of that name has not our tags; it is left alone")
    done = True
    for one in mine:
        with account.explained(f"remove {name}"):
            done = one.adapter.destroy(one.node) and done
    if done:
        account.ledger.forget(name)
    return done


def fitting(text: str, adapter: Adapter, name: str) -> str | bytes:
    """Return user-data in the shape that a provider takes.

    :raises MeridianError: it takes none, or not that much.
    """
    takes = adapter.user_data
    if takes is None:
        raise errors.NotOffered(
            f"{name}: libcloud carries no user-data to {adapter.title}: cloud.providers.d/: bootstrap: ssh"
        )
    plain = text.encode()
    if len(plain) <= takes.limit:
        return text
    packed = gzip.compress(plain, mtime=0)
    if takes.gzip and len(packed) <= takes.limit:
        return packed
    raise MeridianError(
        f"{name}: its user-data is {len(plain)} bytes ({len(packed)} compressed), {adapter.title} takes "
        f"{takes.limit}{'' if takes.gzip else ' uncompressed'}: shorten user_data_extra"
    )


def _chosen(account: Account, adapter: Adapter, order: MachineSpec) -> tuple[Any, Any, Any]:
    wanted = (order.location, order.zone, order.size, order.image)
    if wanted not in account.chosen:
        location = adapter.location(order.location, order.zone)
        found = location, adapter.size(order.size, location), adapter.image(order.image, location)
        account.chosen[wanted] = found
    return account.chosen[wanted]


def _prepare_firewall(account: Account, adapter: Adapter, wanted: Request, location: str) -> None:
    rules = (location, *sorted(wanted.tags.items()), repr(wanted.firewall), repr(wanted.network))
    if rules not in account.prepared:
        adapter.prepare_firewall(wanted)
        account.prepared.add(rules)


def _request(
    adapter: Adapter,
    order: MachineSpec,
    wanted_tags: Mapping[str, str],
    user_data: str | bytes,
    token: str,
    chosen: tuple[Any, Any, Any] | None,
) -> Request:
    if chosen is None:
        chosen = adapter.location(order.location, order.zone), None, None
    location, size, image = chosen
    return Request(
        name=order.name,
        size=size,
        image=image,
        location=location,
        zone=order.zone,
        tags=wanted_tags,
        user_data=user_data,
        ssh_key=order.ssh_key,
        ssh_public_key=order.ssh_public_key,
        volumes=[
            Volume(
                str(one["name"]),
                number(one.get("size_gb"), f"{order.name}: volumes: size_gb"),
                one.get("type") or "",
            )
            for one in order.volumes
        ],
        firewall=order.firewall,
        network=order.network,
        token=token,
        extra=order.create,
    )


def _fault(node: Any) -> str:
    fault = (node.extra or {}).get("fault")
    text = fault.get("message") if isinstance(fault, Mapping) else fault
    return str(text or "the provider does not say why")
