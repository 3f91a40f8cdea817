"""Work on the clusters of several regions, and what a runner returns of it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from meridian.common.errors import MeridianError
from meridian.topology.model import Region

_Done = TypeVar("_Done")


def each(regions: Sequence[Region], act: Callable[[Region], _Done], what: str) -> list[_Done]:
    """Act on all regions at once; when some fail, the others are finished before that is told.

    :param what: what is acted on; stands before a region's name, e.g. ``ZooKeeper of``.
    :return: what was returned for each region, in their order.
    :raises MeridianError: some failed; with the reason of each.
    """
    done, failed = [], []
    with ThreadPoolExecutor(max_workers=max(1, len(regions))) as pool:
        futures = {region.name: pool.submit(act, region) for region in regions}
        for name, future in futures.items():
            try:
                done.append(future.result())
            except MeridianError as error:
                failed.append(f"{what} {name}: {error}")
    if failed:
        raise MeridianError("; ".join(failed))
    return done


def rolled(done: Sequence[Mapping[str, str]], what: str) -> dict[str, Any]:
    """Return what a runner returns of changed nodes.

    :param done: of each region, node → what was done there.
    :param what: what its entries are, e.g. ``workers restarted``.
    """
    changes = {node: why for one in done for node, why in one.items()}
    comment = f"{len(changes)} {what}" if changes else "nothing to change"
    return {"ok": True, "changes": changes, "comment": comment}
