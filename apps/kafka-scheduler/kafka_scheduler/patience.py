"""Options of an instance that are times, which take effect without a restart. Pure."""

from kafka_scheduler.kafka import values
from kafka_scheduler.option import Option


def patience(name: str, field: str, help: str) -> Option:
    """Return an option that is a time, such as ``30s`` or ``10m``.

    :param name: as REST has it; ``field``: of the dataclass that says what is wanted.
    :param help: what it is for, with its default.
    """
    return Option(name, field, values.duration, "string", help, values.format_duration, at_once=True)


#: How long an instance that fails waits between two tries.
FAILOVER = (
    patience(
        "failoverDelay",
        "failover_delay",
        "time before the first try after a failure; it doubles (default 1m)",
    ),
    patience("failoverMaxDelay", "failover_max_delay", "longest time between two tries (default 10m)"),
)
