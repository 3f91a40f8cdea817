"""What a changed configuration asks for: nothing, a setting in the running brokers, or a restart. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meridian.services.kafka import values

#: Settings with the update mode ``cluster-wide``, which can as well be set for one broker: what a running
#: broker takes over. Source: ``DynamicBrokerConfig.dynamicConfigUpdateModes`` of Kafka 4.3.1. Left out:
#: replication throttles, which belong to reassignments; and min.insync.replicas, which KRaft refuses for one
#: broker and keeps for the cluster as it was at the first start (topics say their own).
DYNAMIC = frozenset(
    """
    background.threads compression.gzip.level compression.lz4.level compression.type compression.zstd.level
    follower.fetch.last.tiered.offset.enable group.consumer.assignment.interval.ms
    group.coordinator.cached.buffer.max.bytes group.share.assignment.interval.ms
    group.streams.assignment.interval.ms log.cleaner.backoff.ms log.cleaner.dedupe.buffer.size
    log.cleaner.delete.retention.ms log.cleaner.io.buffer.load.factor log.cleaner.io.buffer.size
    log.cleaner.io.max.bytes.per.second log.cleaner.max.compaction.lag.ms log.cleaner.min.cleanable.ratio
    log.cleaner.min.compaction.lag.ms log.cleaner.threads log.cleanup.policy log.flush.interval.messages
    log.flush.interval.ms log.index.interval.bytes log.index.size.max.bytes log.local.retention.bytes
    log.local.retention.ms log.message.timestamp.after.max.ms log.message.timestamp.before.max.ms
    log.message.timestamp.type log.preallocate log.retention.bytes log.retention.ms log.roll.jitter.ms
    log.roll.ms log.segment.bytes log.segment.delete.delay.ms max.connection.creation.rate max.connections
    max.connections.per.ip max.connections.per.ip.overrides message.max.bytes
    num.io.threads num.network.threads num.recovery.threads.per.data.dir num.replica.fetchers
    producer.id.expiration.ms remote.fetch.max.wait.ms remote.list.offsets.request.timeout.ms
    remote.log.index.file.cache.total.size.bytes remote.log.manager.copier.thread.pool.size
    remote.log.manager.copy.max.bytes.per.second remote.log.manager.expiration.thread.pool.size
    remote.log.manager.fetch.max.bytes.per.second remote.log.manager.follower.thread.pool.size
    remote.log.reader.threads share.coordinator.cached.buffer.max.bytes
    transaction.partition.verification.enable
    unclean.leader.election.enable
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Changes:
    """The difference between what a broker was started with and what it would be started with now.

    :ivar restart: reasons to restart it: code and detail, e.g. ``CONFIG log.dirs``.
    :ivar dynamic: settings that Kafka can change in a running broker, with their new values.
    :ivar stated: all settings of that kind that the file states now.
    """

    restart: tuple[str, ...] = ()
    dynamic: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, str] = field(default_factory=dict)


def parse(text: str) -> dict[str, str]:
    """Return the settings of a server.properties.

    :param text: ``key=value`` lines and comments, as the formula writes them; no escapes or continued lines.
    """
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in pairs}


def compare(started: Mapping[str, str], now: Mapping[str, str]) -> Changes:
    """Compare the settings that a broker has read with those of its file, by what they mean: another way to
    write a value is no reason for anything.

    A key that vanished needs a restart even when it is dynamic: what a broker has once read from its file
    cannot be taken back while it runs.
    """
    changed = values.changed(started, now)
    dynamic = {key: now[key] for key in changed if key in DYNAMIC and key in now}
    return Changes(
        restart=tuple(f"CONFIG {key}" for key in changed if key not in dynamic),
        dynamic=dynamic,
        stated={key: value for key, value in sorted(now.items()) if key in DYNAMIC},
    )


def compare_files(started: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return a reason for each file or artifact that differs from when the broker was started.

    :param started: path → sum then.
    :param now: path → sum now.
    """
    changed = sorted(path for path in {*started, *now} if started.get(path) != now.get(path))
    return tuple(f"{_code(path)} {path}" for path in changed)


def overrides(
    dynamic: Mapping[str, str], stated: Mapping[str, str], effective: Mapping[str, str]
) -> dict[str, str]:
    """Return what has to be set in a running broker, so that it does what its file says.

    A setting that was once changed so lives in the cluster's metadata and wins over the file for ever. So it
    has to follow the file even when the broker was restarted since and has read the new file.

    :param dynamic: settings that differ from when the broker was started.
    :param stated: settings that its file states.
    :param effective: settings that are set for the broker in the cluster's metadata.
    """
    wanted = {key: value for key, value in stated.items() if key in dynamic or key in effective}
    return {
        key: value for key, value in sorted(wanted.items()) if not values.same(key, effective.get(key), value)
    }


def _code(path: str) -> str:
    if "/pki/" in path:
        return "CERTIFICATE"
    return "ARTIFACT" if path.startswith("/opt/") else "LAUNCH"
