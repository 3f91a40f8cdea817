"""A flow as the configurations of MirrorMaker 2's three connectors. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

from meridian.common.tls import Tls
from meridian.services.mirror.flow import FlowSpec
from meridian.services.mirror.ownership import MARKER
from meridian.topology import mirrored

_MIRROR = "org.apache.kafka.connect.mirror"
_BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"
# Bytes of a record as it is, and of those that wait to be sent.
_LARGEST_RECORD, _BUFFER = 32 * 2**20, 16 * 2**20
#: What no flow carries, whatever its topics are: a regular expression that matches whole names.
EXCLUDED_TOPICS = "|".join(mirrored.EXCLUDED)
# Settings that MirrorMaker itself leaves to the target (DefaultConfigPropertyFilter of Kafka 4.3).
_OF_THE_TARGET = (
    r"follower\.replication\.throttled\.replicas",
    r"leader\.replication\.throttled\.replicas",
    r"message\.timestamp\.difference\.max\.ms",
    r"message\.timestamp\.type",
    r"unclean\.leader\.election\.enable",
    r"min\.insync\.replicas",
)
# Groups of one consumer, of Connect, of Kafka, and of Meridian's own services: one name everywhere.
_OWN_GROUPS = ("console-consumer-.*", "connect-.*", "__.*", "meridian-.*")


def configurations(flow: FlowSpec, tls: Tls | None) -> dict[str, dict[str, str]]:
    """Return the configuration of each connector of a flow, by connector name.

    :param flow: the flow.
    :param tls: PEM files on the workers, for both clusters; ``None`` for plaintext.
    :return: what ``PUT /connectors/<name>/config`` takes; all values are strings, as Connect returns them.
    """
    makers = {"source": _source, "checkpoint": _checkpoint, "heartbeat": _heartbeat}
    return {name: {"name": name, **makers[kind](flow, tls)} for kind, name in flow.connectors.items()}


def progress_topic(flow: FlowSpec) -> str:
    """Return the topic on the target that takes the position marks of a flow."""
    return f"mm2-progress.{flow.name}.internal"


def _source(flow: FlowSpec, tls: Tls | None) -> dict[str, str]:
    replication = str(flow.settings.get("replication_factor", 3))
    config = {
        **_common(flow, tls),
        # MirrorMaker's, with marks that carry the flow's position over what it does not write.
        "connector.class": "io.meridian.connect.mirror.ProgressMirrorSourceConnector",
        "progress.topic": progress_topic(flow),
        "tasks.max": str(flow.settings.get("tasks_max", 2)),
        "topics": ",".join(flow.topics),
        "topics.exclude": ",".join(mirrored.EXCLUDED),
        "replication.factor": replication,
        "heartbeats.replication.enabled": _flag(flow.heartbeats),
        "emit.offset-syncs.enabled": _flag(flow.settings.get("offset_sync", True)),
        "sync.topic.acls.enabled": "false",
        # What pillar sets on the copies is the target's own.
        "config.properties.exclude": ",".join(
            [*_OF_THE_TARGET, *map(re.escape, flow.settings.get("target_settings", ()))]
        ),
        "sync.topic.configs.interval.seconds": "60",
        "refresh.topics.interval.seconds": "10",
        # Every record once in the target: read only what is committed, write it together with the offsets.
        "exactly.once.support": "required",
        "source.consumer.isolation.level": "read_committed",
        **_PACE,
        **_sizes(flow),
        **_created(replication),
        **_transformed(flow),
    }
    if flow.settings.get("offset_sync", True):
        config["offset-syncs.topic.replication.factor"] = replication
        config["offset-syncs.topic.location"] = "target"
    own = _strings(flow.settings.get("config", {}))
    if size := own.get("producer.override.max.request.size"):
        config["transforms.impossible.max.bytes"] = size
    return config | own


_PACE = {
    # A transaction costs the same whatever is in it; half a second is also the least delay of a record.
    "transaction.boundary": "interval",
    "transaction.boundary.interval.ms": "500",
    "consumer.poll.timeout.ms": "250",
    "source.consumer.max.poll.records": "2000",
    "source.consumer.fetch.min.bytes": "65536",
    "source.consumer.fetch.max.wait.ms": "400",
    "source.consumer.fetch.max.bytes": "8388608",
    "source.consumer.max.partition.fetch.bytes": "1048576",
    # Kafka's 64 KiB would let 0.9 MB/s through over a round trip of 75 ms; -1 leaves it to the kernel.
    "source.consumer.receive.buffer.bytes": "-1",
    "producer.override.batch.size": "131072",
    # A record is seen when its transaction is committed, so waiting for a full batch delays nothing.
    "producer.override.linger.ms": "100",
    "producer.override.compression.type": "lz4",
}


def _sizes(flow: FlowSpec) -> dict[str, str]:
    """Room for whatever the source takes.

    A topic's limit is of batches as they are compressed; the producer's is of records as they are: one that
    compresses well is many times what its topic takes.
    """
    largest = max(_LARGEST_RECORD, 4 * int(flow.settings.get("max_message_bytes") or 0))
    return {
        "producer.override.max.request.size": str(largest),
        # Taken as it is needed; a record must fit in, with some of the others.
        "producer.override.buffer.memory": str(max(_BUFFER, largest + _BUFFER)),
    }


def _created(replication: str) -> dict[str, str]:
    """Topics that Connect makes itself: marks and dead letters. MirrorMaker makes the mirrored ones."""
    return {
        "topic.creation.default.replication.factor": replication,
        "topic.creation.default.partitions": "-1",
        "topic.creation.groups": "progress",
        "topic.creation.progress.include": r"mm2-progress\..*\.internal",
        "topic.creation.progress.replication.factor": replication,
        "topic.creation.progress.partitions": "1",
        "topic.creation.progress.cleanup.policy": "compact",
    }


def _transformed(flow: FlowSpec) -> dict[str, str]:
    """The filter, if there is one, and after it the rule for what cannot be mirrored."""
    config = {
        "transforms": "impossible",
        "transforms.impossible.type": "io.meridian.connect.transforms.ImpossibleRecords",
        "transforms.impossible.rule": str(flow.settings.get("on_impossible", "dlq")),
        "transforms.impossible.max.bytes": _sizes(flow)["producer.override.max.request.size"],
    }
    rules = flow.settings.get("filter")
    if not rules:
        return config
    return config | {
        "transforms": "filter,impossible",
        "transforms.filter.type": "org.apache.kafka.connect.transforms.Filter",
        "transforms.filter.predicate": "passes",
        "transforms.filter.negate": "true",
        "predicates": "passes",
        "predicates.passes.type": "io.meridian.connect.predicates.RecordMatches",
        "predicates.passes.condition": json.dumps(rules["condition"], sort_keys=True, separators=(",", ":")),
        "predicates.passes.on.malformed": rules.get("on_malformed", "fail"),
        "predicates.passes.exempt.topics": r"(.*\.)?heartbeats,mm2-progress\..*\.internal",
    }


def _checkpoint(flow: FlowSpec, tls: Tls | None) -> dict[str, str]:
    return {
        **_common(flow, tls),
        "connector.class": f"{_MIRROR}.MirrorCheckpointConnector",
        "tasks.max": "1",
        "topics": ",".join(flow.topics),
        "topics.exclude": ",".join(mirrored.EXCLUDED),
        "groups": ",".join(flow.settings.get("groups") or [".*"]),
        "groups.exclude": ",".join([*_OWN_GROUPS, *flow.settings.get("groups_exclude", ())]),
        "offset-syncs.topic.location": "target",
        "checkpoints.topic.replication.factor": str(flow.settings.get("replication_factor", 3)),
        "emit.checkpoints.interval.seconds": "10",
        "refresh.groups.interval.seconds": "20",
        "sync.group.offsets.enabled": "true",
        "sync.group.offsets.interval.seconds": "10",
    }


def _heartbeat(flow: FlowSpec, tls: Tls | None) -> dict[str, str]:
    """Heartbeats are written to the source: one that arrives in the target has gone the flow's way."""
    to_source = {"bootstrap.servers": flow.source_bootstrap, **(tls.java() if tls else {})}
    config = {
        **_common(flow, tls),
        **{f"target.cluster.{key}": value for key, value in to_source.items()},
        "connector.class": f"{_MIRROR}.MirrorHeartbeatConnector",
        "tasks.max": "1",
        "heartbeats.topic.replication.factor": str(flow.settings.get("replication_factor", 3)),
        "emit.heartbeats.interval.seconds": "5",
        # Exactly once means that offsets lie beside the records: on the source, in a topic of the flow's own.
        "offsets.storage.topic": f"mm2-heartbeat-offsets.{flow.target}.internal",
    }
    for client in ("producer", "consumer", "admin"):
        config |= {f"{client}.override.{key}": value for key, value in to_source.items()}
    return config


def _common(flow: FlowSpec, tls: Tls | None) -> dict[str, str]:
    ends = {"source": flow.source_bootstrap, "target": flow.target_bootstrap}
    config = {
        "key.converter": _BYTES,
        "value.converter": _BYTES,
        # Connect's default rewrites header bytes.
        "header.converter": _BYTES,
        "replication.policy.class": flow.policy,
        MARKER: flow.name,
    }
    for end, bootstrap in ends.items():
        config[f"{end}.cluster.alias"] = flow.source if end == "source" else flow.target
        config[f"{end}.cluster.bootstrap.servers"] = bootstrap
        config |= {f"{end}.cluster.{key}": value for key, value in (tls.java() if tls else {}).items()}
    return config


def _flag(value: Any) -> str:
    return "true" if value else "false"


def _strings(settings: Mapping[str, Any]) -> dict[str, str]:
    return {key: _flag(value) if isinstance(value, bool) else str(value) for key, value in settings.items()}
