"""Names that stay, whatever serves them now. Pure."""


def bootstrap(region: str, environment: str) -> str:
    """Return the name of a region's Kafka cluster: what clients begin with.

    :param region: name of the region.
    :param environment: name of the environment.
    """
    return f"bootstrap.kafka.{region}.{environment}"
