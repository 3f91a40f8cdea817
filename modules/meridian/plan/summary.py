"""A plan in rows: nodes per region, and cost by region and role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meridian.cloud.prices import HOURS_PER_MONTH
from meridian.plan.plan import Action


@dataclass(frozen=True)
class CostRow:
    """What the nodes of one role cost in one region.

    :ivar role: the roles of its nodes, e.g. ``kafka+connect``.
    :ivar per_month: sum of what is known, ``None`` when nothing is.
    :ivar unknown: how many prices, of nodes and of volumes, are not known.
    """

    region: str
    role: str
    nodes: int
    per_month: float | None
    unknown: int = 0

    @property
    def per_hour(self) -> float | None:
        """The same per hour."""
        return None if self.per_month is None else self.per_month / HOURS_PER_MONTH


def nodes(actions: Iterable[Action], regions: Iterable[str]) -> dict[str, dict[str, list[Action]]]:
    """Return the actions on nodes by region, and by what becomes of them. Strangers of no region come last.

    :param regions: names of the regions, in order.
    """
    found: dict[str, dict[str, list[Action]]] = {region: {} for region in regions}
    for one in actions:
        if one.kind == "node":
            found.setdefault(one.region, {}).setdefault(one.action, []).append(one)
    return found


def costs(actions: Iterable[Action], unknown: Iterable[str], roles: Mapping[str, str]) -> list[CostRow]:
    """Return the cost by region and role, in the order of the actions.

    :param unknown: ids without a price: nodes, and volumes as ``<node>/<volume>``.
    :param roles: node id to its roles in words; unmanaged are not in it and cost us nothing.
    """
    missing: dict[str, int] = {}
    for identity in unknown:
        node = identity.partition("/")[0]
        missing[node] = missing.get(node, 0) + 1
    rows: dict[tuple[str, str], CostRow] = {}
    for one in actions:
        if one.kind != "node" or one.id not in roles:
            continue
        key = (one.region, roles[one.id])
        row = rows.get(key, CostRow(*key, 0, None))
        known = [price for price in (row.per_month, one.cost_per_month) if price is not None]
        rows[key] = CostRow(
            *key, row.nodes + 1, sum(known) if known else None, row.unknown + missing.get(one.id, 0)
        )
    return list(rows.values())
