"""Names that stay, whatever serves them now. Pure."""


def bootstrap(region: str, environment: str) -> str:
    """Return the name of a region's Kafka cluster: what clients begin with.

    :param region: name of the region.
    :param environment: name of the environment.
    """
    return f"bootstrap.kafka.{region}.{environment}"


def flow(source: str, target: str, key: str, given: str | None = None) -> str:
    """Return a flow's name, by which its connectors and their positions are kept, whatever others there are.

    :param source: region that its pillar belongs to.
    :param target: region that it ends in.
    :param key: its key in that region's ``flows``.
    :param given: what the pillar names it, if it does.
    :return: ``given``; else ``<source>-to-<target>`` for the flow that is keyed by its target, as the shipped
        one is; else ``<source>-to-<target>-<key>``.
    """
    return given or f"{source}-to-{target}" + ("" if key == target else f"-{key}")
