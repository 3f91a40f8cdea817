"""One entry of ``cloud.providers.d/``: its connections, its machines by name, and which of them are ours."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from libcloud.compute.base import Node

from meridian.cloud import credentials, errors, tags
from meridian.cloud.ledger import Entry, Ledger
from meridian.cloud.providers.base import Adapter
from meridian.cloud.providers.table import adapter as adapter_of
from meridian.common.errors import MeridianError

_SHORTEST_SECRET = 8
_Told = TypeVar("_Told")


@dataclass(frozen=True)
class Found:
    """A machine at a provider.

    :ivar name: node id.
    :ivar tags: its tags, those of the ledger among them where the provider has none.
    :ivar location: the connection's region, empty where a provider has but one connection.
    """

    name: str
    node: Node
    adapter: Adapter
    tags: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


class Account:
    """A provider as one file of ``cloud.providers.d/`` describes it. Nothing is asked before the first call.

    :param alias: the file's key.
    :param config: its settings: ``provider``, ``key``, ``secret``, ``arguments``, ``locations``.
    :param ledger: what this clone has made there.
    :param sdb: reads an ``sdb://`` address.
    :ivar chosen: what was looked up for machines: location, size and image by what their settings say.
    :ivar prepared: firewalls that were found or made as they should be.
    """

    def __init__(
        self,
        alias: str,
        config: Mapping[str, Any],
        ledger: Ledger,
        sdb: Callable[[str], Any] | None = None,
    ) -> None:
        self.alias = alias
        self.config = config
        self.ledger = ledger
        self.kind = adapter_of(str(config["provider"]))
        self._sdb = sdb
        self._secrets: list[str] = []
        self._adapters: dict[str, Adapter] = {}
        # Machines of one run are alike: asking for each of them is most of what making one costs.
        self.chosen: dict[tuple[str, ...], tuple[Any, Any, Any]] = {}
        self.prepared: set[tuple[Any, ...]] = set()

    def places(self) -> list[str]:
        """Return the regions to look for machines in; one empty string where a connection sees all."""
        if not self.kind.regional:
            return [""]
        default = (self.config.get("arguments") or {}).get(self.kind.regional)
        named = list(self.config.get("locations") or ()) or [str(default or "")]
        # What was made in a region that the file does not name must be found again all the same.
        made = (entry.location for entry in self.ledger.read().values())
        return list(dict.fromkeys([*named, *(place for place in made if place)]))

    def adapter(self, location: str = "") -> Adapter:
        """Return a connection; credentials are resolved now, at the first use.

        :param location: the provider's region; only used where a connection has but one.
        :raises MeridianError: credentials are missing or refused, or there is no such region.
        """
        place = (location or self.places()[0]) if self.kind.regional else ""
        if place not in self._adapters:
            with self.explained(f"connect{f' to {place}' if place else ''}"):
                self._adapters[place] = self.kind(self._connection(place))
        return self._adapters[place]

    @contextmanager
    def explained(self, doing: str) -> Iterator[None]:
        """Turn what libcloud raises into the one line that a user shall read, without any secret in it.

        :param doing: what is being done.
        """
        try:
            yield
        except MeridianError:
            raise
        except Exception as problem:
            said = errors.explain(problem, self.alias, doing)
            raise self._without_secrets(said) from None

    def machines(self) -> list[Found]:
        """Return all machines of the account that are not gone or going."""
        entries = self.ledger.read()
        found = []
        for place in self.places():
            adapter = self.adapter(place)
            with self.explained(f"list machines{f' in {place}' if place else ''}"):
                found += [self._found(adapter, node, place, entries) for node in adapter.nodes()]
        return found

    def named(self, name: str, location: str = "") -> list[Found]:
        """Return all machines of one name, ours first.

        :param name: node id.
        :param location: the region to look in; all that the account names when empty.
        """
        entries = self.ledger.read()
        found = []
        for place in [location] if location and self.kind.regional else self.places():
            adapter = self.adapter(place)
            with self.explained(f"look for {name}"):
                nodes = adapter.named(adapter.machine_name(name))
            found += [self._found(adapter, node, place, entries) for node in nodes]
        return sorted(found, key=lambda one: not tags.is_ours(one.tags))

    def near(self, name: str) -> list[Found]:
        """Return all machines of one name, looked for where it was made and, if not there, everywhere."""
        entry = self.ledger.read().get(name)
        known = self.named(name, entry.location) if entry is not None and entry.location else []
        return known or self.named(name)

    def one(self, name: str) -> Found:
        """Return the machine of a name.

        :raises MeridianError: there is none, or several.
        """
        found = self.near(name)
        if not found:
            raise MeridianError(f"{name}: {self.alias} has no machine of that name")
        if len(found) > 1:
            raise several(name, self.alias, found)
        return found[0]

    def listed(self) -> dict[str, dict[str, Any]]:
        """Return each machine by name as plain data, see ``list_nodes_full`` of the salt-cloud driver."""
        by_connection: dict[int, list[Found]] = {}
        for one in self.machines():
            by_connection.setdefault(id(one.adapter), []).append(one)
        result: dict[str, dict[str, Any]] = {}
        for group in by_connection.values():
            adapter, nodes = group[0].adapter, [one.node for one in group]
            volumes = self._if_told(lambda a=adapter, n=nodes: a.volumes_of(n))  # type: ignore[misc]
            firewalls = self._if_told(lambda a=adapter, n=nodes: a.firewalls(n))  # type: ignore[misc]
            # Ours first, so that a stranger of the same name never hides one of ours.
            for one in sorted(group, key=lambda found: not tags.is_ours(found.tags)):
                key = str(one.node.id)
                entry = self.described(one)
                entry["volumes"] = None if volumes is None else volumes.get(key, [])
                entry["firewall"] = None if firewalls is None else firewalls.get(key, [])
                self._add(result, one.name, entry)
        return result

    def described(self, one: Found) -> dict[str, Any]:
        """Return a machine as plain data, without its volumes and firewall, which cost calls."""
        node, adapter = one.node, one.adapter
        return {
            "id": adapter.identity(node),
            "name": one.name,
            "state": str(node.state).upper(),
            "size": adapter.size_of(node),
            "image": adapter.image_of(node),
            "private_ips": [str(address) for address in node.private_ips or ()],
            "public_ips": [str(address) for address in node.public_ips or ()],
            "tags": dict(one.tags),
            "volumes": None,
            "firewall": None,
            "location": one.location,
            "extra": dict(node.extra or {}),
        }

    def _if_told(self, ask: Callable[[], _Told]) -> _Told | None:
        """Return what a provider says, ``None`` when it has no such thing as volumes or firewalls."""
        try:
            with self.explained("list volumes and firewalls"):
                return ask()
        except errors.CloudError as problem:
            if type(problem) in (errors.CloudError, errors.NotOffered):
                return None
            raise

    def _found(self, adapter: Adapter, node: Node, place: str, entries: Mapping[str, Entry]) -> Found:
        held = adapter.tags_of(node)
        name = adapter.node_id(node, held)
        if adapter.tags != "create" and not tags.is_ours(held):
            for known, entry in entries.items():
                mine = entry.id == adapter.identity(node) if entry.id else False
                # Written down before it was asked for, when there was none of that name.
                if mine or (not entry.id and adapter.machine_name(known) == node.name):
                    held, name = {**held, **entry.tags}, known
        return Found(name, node, adapter, held, place)

    def _connection(self, place: str) -> Any:
        where = f"cloud.providers.d/: {self.alias}"
        needed = self.kind.needs_key
        key = credentials.resolve(self.config.get("key"), f"{where}: key", self._sdb, needed)
        secret = credentials.resolve(self.config.get("secret"), f"{where}: secret", self._sdb, needed=False)
        given, more = credentials.arguments(self.config.get("arguments") or {}, where, self._sdb)
        # What is shorter is no secret worth the name, and would black out half of each message.
        self._secrets = [one for one in (secret, key, *more) if one and len(one) >= _SHORTEST_SECRET]
        if place:
            given[self.kind.regional] = place
        try:
            return self.kind.connect(str(self.config["provider"]), key, secret, given)
        except TypeError as problem:
            raise MeridianError(f"{where}: libcloud's driver refuses its settings: {problem}") from None

    def _without_secrets(self, problem: MeridianError) -> MeridianError:
        text = str(problem)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        problem.args = (text, *problem.args[1:])
        return problem

    @staticmethod
    def _add(result: dict[str, dict[str, Any]], name: str, entry: dict[str, Any]) -> None:
        if name in result:
            first = result[name]
            first.setdefault("duplicates", [first["id"]]).append(entry["id"])
        else:
            result[name] = entry


def several(name: str, alias: str, found: list[Found]) -> MeridianError:
    """Return the error for two machines of one name."""
    ids = ", ".join(f"{one.adapter.identity(one.node)} ({str(one.node.state).lower()})" for one in found)
    return errors.AlreadyExists(
        f"{name}: {alias} has {len(found)} machines of that name: {ids}; remove the wrong one there by its id"
    )
