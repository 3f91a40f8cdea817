"""How the controller reaches the archive and its clusters: from the topology and the operator's secrets."""

from pathlib import Path

from meridian.common import secrets as generated
from meridian.common.errors import MeridianError
from meridian.services.archive.settings import KafkaAccess, StoreAccess
from meridian.topology.model import Topology


def of_topology(topology: Topology, secrets: Path, region: str = "") -> StoreAccess:
    """Return the access to the object store of an environment.

    :param secrets: the environment's folder of secrets, :func:`meridian.common.paths.secrets`.
    :param region: whose bucket; default: the central region's.
    :raises MeridianError: when the environment has no store of its own whose credentials were made yet.
    """
    place = topology.region(region or topology.central)
    bucket = place.settings["archive"]["bucket"]
    if not topology.object_store:
        return StoreAccess(bucket)
    keys = generated.load(secrets).get("objectstore", {}).get("users", {}).get("archive")
    if not keys:
        raise MeridianError(
            f"{secrets}: no credentials of the object store; deploy {topology.environment}, it makes them"
        )
    return StoreAccess(
        bucket,
        endpoint=topology.object_store,
        region_name=topology.object_store_region,
        ca=str(secrets / "client" / "ca.pem"),
        keys=(keys["access_key"], keys["secret_key"]),
    )


def kafka(topology: Topology, secrets: Path, region: str) -> KafkaAccess:
    """Return the operator's access to a region's Kafka cluster.

    :param secrets: the environment's folder of secrets, :func:`meridian.common.paths.secrets`.
    :raises MeridianError: when the operator's certificate is not there.
    """
    files = {name: secrets / "client" / name for name in ("ca.pem", "operator.pem", "operator.key")}
    for file in files.values():
        if not file.is_file():
            raise MeridianError(f"{file} is missing; ./meridian deploy {topology.environment} writes it")
    return KafkaAccess(
        topology.region(region).kafka_bootstrap_external,
        ca=str(files["ca.pem"]),
        certificate=str(files["operator.pem"]),
        key=str(files["operator.key"]),
    )
