"""The options of a node. Pure."""

from kafka_scheduler.kafka import values
from kafka_scheduler.option import Option, line, positive
from kafka_scheduler.patience import FAILOVER, patience

#: In the order in which they are shown.
OPTIONS = (
    Option("cpus", "cpus", positive(float, 0.001), "number", "cpus of the task (default 1)"),
    Option("mem", "mem", positive(int, 256), "integer", "MB of memory of the task (default 2048)"),
    Option("heap", "heap", positive(int, 128), "integer", "MB of the JVM's heap (default 1024)"),
    Option(
        "port", "port", values.ports, "string", "port of HTTP: n, a..b (default 9200)", values.format_ports
    ),
    Option(
        "portTransport",
        "port_transport",
        values.ports,
        "string",
        "port among nodes, the same on each of them (default 9300)",
        values.format_ports,
    ),
    Option(
        "volume",
        "volumes",
        values.volumes,
        "string",
        "persistent volume: name:size[:disk], disk root, path or mount; a name alone: an existing one",
        lambda found: ",".join(map(str, found)),
    ),
    patience(
        "stickinessPeriod",
        "stickiness_period",
        "time within which a node without a volume returns only to its last host (default 10m)",
    ),
    patience(
        "hostLostPeriod",
        "host_lost_period",
        "time after which a node without a volume leaves a host that is lost (default 2m)",
    ),
    patience(
        "dataLostPeriod",
        "data_lost_period",
        "time after which the volume of a lost host is given up, once all is green without it; unset: never",
    ),
    Option("jvmOptions", "jvm_options", line, "string", "further options of the JVM"),
    Option(
        "constraints",
        "constraints",
        values.constraints,
        "string",
        "attribute=rule,…, as of brokers; each node is on a host of its own in any case",
        values.format_pairs,
    ),
    *FAILOVER,
    Option(
        "failoverMaxTries",
        "failover_max_tries",
        positive(int, 1),
        "integer",
        "failures after which the node is deactivated (default: none)",
        at_once=True,
    ),
)
