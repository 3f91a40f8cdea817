"""
The archive of an environment, as the operator sees it.

Salt loads every runner when it looks for one: what reads Parquet and S3 is imported by those who use it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from salt.exceptions import SaltRunnerError

from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.salt_api import told
from meridian.salt_api.pillar_files import load_topology
from meridian.topology.model import Topology

# The loader puts this in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __opts__: dict[str, Any]


def status(environment: str = "local", region: str = "") -> dict[str, Any]:
    """
    Return for each region how far its archive is behind Kafka, and how many objects and bytes it has.

    environment
        Name of the environment.
    region
        Only this region; default: all.

    CLI Example:

    .. code-block:: bash

        salt-run archive.status environment=local
    """
    from meridian.services.archive import status as archive_status

    try:
        topology, secrets = _environment(environment, region)
        return archive_status.of_topology(topology, secrets, region)
    except MeridianError as error:
        raise SaltRunnerError(str(error)) from error


def verify(environment: str = "local", region: str = "", topic: str = "") -> dict[str, Any]:
    """
    Read the archived objects again; report gaps, duplicates, damage and what is gone, per partition.

    environment
        Name of the environment.
    region
        Only this region; default: all.
    topic
        Only this topic; default: all.

    CLI Example:

    .. code-block:: bash

        salt-run archive.verify environment=local region=us-east topic=flights
    """
    from meridian.services.archive import access
    from meridian.services.archive import status as archive_status
    from meridian.services.archive import verify as archive_verify
    from meridian.services.archive.store import Store

    try:
        topology, secrets = _environment(environment, region)
        regions = [
            one.name for one in topology.regions if one.with_role("archive") and region in ("", one.name)
        ]
        found = {}
        for name in regions:
            store = Store(access.of_topology(topology, secrets, name))
            known, note = {}, ""
            try:
                known = archive_status.last_segments(topology, secrets, name, topic)
            except MeridianError as error:
                # The archive is read all the more when the region's cluster is what was lost.
                note = f"whether a tail, partition or topic is gone cannot be told: {error}"
            reports = archive_verify.verify(store, environment, name, topic or None, known)
            found[name] = {**archive_verify.summary(list(reports)), "note": note}
    except MeridianError as error:
        raise SaltRunnerError(str(error)) from error
    return {"ok": all(one["ok"] for one in found.values()), "regions": found}


def restore(
    region: str,
    topic: str,
    into: str,
    start: str = "",
    end: str = "",
    target_region: str = "",
    append_to: str = "",
    environment: str = "local",
) -> dict[str, Any]:
    """
    Put archived records of a topic into another topic, with keys, headers, timestamps and partitions.

    region
        Region whose archive is read.
    topic
        The archived topic.
    into
        Topic to restore into. It is made when it is missing, and refused when it has records already.
    start
        From this time on: ISO 8601 with its zone, or milliseconds since 1970; default: from the beginning.
    end
        Before this time; default: to the end.
    target_region
        Region whose cluster the topic is in; default: the region of the archive.
    append_to
        The name of ``into`` once more allows adding to a topic that has records.
    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run archive.restore region=us-east topic=flights into=flights-restored \\
            start=2013-01-01T06:00:00Z end=2013-01-01T07:00:00Z
    """
    from meridian.services.archive import restoring

    try:
        topology, secrets = _environment(environment, region)
        return restoring.of_topology(
            topology,
            secrets,
            region,
            topic,
            into,
            start,
            end,
            target_region=target_region,
            append_to=append_to,
        )
    except MeridianError as error:
        raise SaltRunnerError(str(error)) from error


def _environment(environment: str, region: str) -> tuple[Topology, Path]:
    topology = load_topology(__opts__, environment)
    names = [one.name for one in topology.regions]
    if region and region not in names:
        raise MeridianError(f"environment {environment} has no region {region}; it has {', '.join(names)}")
    return topology, paths.secrets(environment)


told.in_one_line(globals())
