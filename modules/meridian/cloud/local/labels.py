"""The labels by which the local cloud knows its own containers and networks, and touches no others."""

PLATFORM = "meridian.platform"
ENVIRONMENT = "meridian.environment"
KIND = "meridian.kind"
REGION = "meridian.region"

NODE = "node"
GATEWAY = "gateway"
NETWORK = "network"


def of(platform: str, kind: str, environment: str = "", region: str = "") -> dict[str, str]:
    """Return the labels of one container or network.

    :param platform: the clone's platform id.
    :param kind: :data:`NODE`, :data:`GATEWAY` or :data:`NETWORK`.
    :param environment: the environment it belongs to; empty for what all environments share.
    :param region: the region it belongs to, if any.
    """
    found = {PLATFORM: platform, KIND: kind, ENVIRONMENT: environment, REGION: region}
    return {key: value for key, value in found.items() if value}


def filters(platform: str, kind: str = "", environment: str = "") -> dict[str, list[str]]:
    """Return the Docker list filter that finds what :func:`of` labelled."""
    return {"label": [f"{key}={value}" for key, value in of(platform, kind, environment).items() if value]}
