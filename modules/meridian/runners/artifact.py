"""
Artifacts on the master: resolve, verify, pack, and build the local cloud's node image of them.
"""

from typing import TYPE_CHECKING, Any

from meridian.artifacts import index, needed
from meridian.artifacts.store import Store
from meridian.common import paths
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __opts__: dict[str, Any]


def prepare(
    environment: str = "local", names: list[str] | str | None = None, refetch: bool = False
) -> dict[str, Any]:
    """
    Have the artifacts in the cache, verified, and list them in ``.platform/artifacts.json``.

    environment
        Name of the environment; clones and environments share artifacts.
    names
        Artifacts' names, a list or separated by commas; default: all that the environment's nodes need.
    refetch
        Resolve them anew, whatever the cache has.

    CLI Example:

    .. code-block:: bash

        salt-run artifact.prepare
        salt-run artifact.prepare names=kafka refetch=True
    """
    made: list[str] = []

    def tell(line: str) -> None:
        made.append(line)
        progress.report(__opts__, "artifacts", "note", message=line)

    store = Store(paths.repository(), paths.cache(), report=tell)
    wanted = names.split(",") if isinstance(names, str) else names
    entries = store.prepare(wanted or needed.by(load_topology(__opts__, environment), store), refetch)
    listing = paths.state() / "artifacts.json"
    # Other environments of this clone have artifacts of their own.
    known = index.read(listing) if listing.exists() else {}
    others = {name: entry for name, entry in known.items() if name in store.definitions}
    changed = index.write(listing, {**others, **entries})
    comment = f"{len(entries)} artifacts, {len(made)} of them made now"
    return {"ok": True, "changes": made if changed else [], "comment": comment}


def image(environment: str = "local") -> dict[str, Any]:
    """
    Have the local cloud's node image of the prepared artifacts, and build what is missing of it.

    environment
        Name of the environment; those that need the same artifacts share the image.

    CLI Example:

    .. code-block:: bash

        salt-run artifact.image
    """
    from meridian.cloud.local import engine
    from meridian.cloud.local import image as node_image

    made: list[str] = []

    def tell(line: str) -> None:
        made.append(line)
        progress.report(__opts__, "image", "note", message=line)

    store = Store(paths.repository(), paths.cache())
    known = index.read(paths.state() / "artifacts.json")
    wanted = store.with_needs(needed.by(load_topology(__opts__, environment), store))
    entries = {name: known[name] for name in wanted if name in known}
    tag = node_image.ensure_image(store, entries, engine.client(timeout=600), tell)
    return {"ok": True, "changes": [f"image {tag}"] if made else [], "comment": tag, "image": tag}


told.in_one_line(globals())
