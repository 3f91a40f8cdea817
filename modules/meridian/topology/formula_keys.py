"""Keys whose default stands in a formula's ``defaults.yaml``, and nowhere else: optional here, and left out
of the node's pillar when they are not set.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: No unknown key, no silent conversion.
STRICT = ConfigDict(extra="forbid", strict=True)
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[int, Field(ge=1, le=86400)]
Milliseconds = Annotated[int, Field(ge=0)]
Megabytes = Annotated[int, Field(ge=1)]
Files = Annotated[int, Field(ge=1024)]
Level = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]
# They end up in a shell script's command line.
Flag = Annotated[str, Field(pattern=r"^-[A-Za-z0-9_:=+./,%-]+$")]
ZooKeeperPath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_-]+)+$")]
AppId = Annotated[str, Field(pattern=r"^(/[a-z0-9]([a-z0-9.-]*[a-z0-9])?)+$")]

NodePath = Annotated[str, Field(pattern=r"^/([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?$")]
UserName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Section(BaseModel):
    """A section of the pillar."""

    model_config = STRICT


class KafkaKeys(Section):
    """``salt/kafka/defaults.yaml``."""

    brokers: Count | None = None
    jvm_flags: list[Flag] | None = None
    nofile: Files | None = None
    stop_seconds: Seconds | None = None
    check_seconds: Seconds | None = None
    log_level: Level | None = None
    throttle_mb: Megabytes | None = None


class ConnectKeys(Section):
    """``salt/connect/defaults.yaml``."""

    jvm_flags: list[Flag] | None = None
    replication_factor: Count | None = None
    offset_partitions: Count | None = None
    status_partitions: Count | None = None
    rebalance_delay_ms: Milliseconds | None = None
    shutdown_ms: Milliseconds | None = None
    nofile: Files | None = None
    stop_seconds: Seconds | None = None
    check_seconds: Seconds | None = None
    supervisor_metrics: str | None = None
    log_level: Level | None = None


class ArchiveKeys(Section):
    """``salt/archive/defaults.yaml``."""

    memory_mb: Megabytes | None = None
    memory_max_mb: Megabytes | None = None
    watchdog_seconds: Seconds | None = None
    stop_seconds: Seconds | None = None
    ready_seconds: Seconds | None = None


class ObjectStoreKeys(Section):
    """``salt/objectstore/defaults.yaml``."""

    ready_seconds: Seconds | None = None


class Journal(Section):
    """``node.journal``."""

    max_use: Annotated[str, Field(pattern=r"^[0-9]+[KMGT]?$")] | None = None
    max_retention: Annotated[str, Field(pattern=r"^[0-9]+(s|min|h|day|week|month|year)$")] | None = None
    rate_burst: Count | None = None


class Routes(Section):
    """``node.routes``."""

    protocol: Annotated[int, Field(ge=5, le=255)] | None = None


class NodeVolumes(Section):
    """``node.volumes``."""

    filesystem: Literal["ext4", "xfs"] | None = None


class NodeKeys(Section):
    """``salt/node/defaults.yaml``."""

    journal: Journal | None = None
    routes: Routes | None = None
    volumes: NodeVolumes | None = None


class JavaKeys(Section):
    """``salt/java/defaults.yaml``."""

    package: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]*$")] | None = None


class PathAccess(Section):
    """``zookeeper.paths.<path>``."""

    owner: UserName
    scheme: Literal["digest", "sasl"] = "digest"
    readers: list[UserName] = []


class ZooKeeperKeys(Section):
    """``salt/zookeeper/defaults.yaml``."""

    jvm_flags: list[Flag] | None = None
    tick_ms: Annotated[int, Field(ge=100, le=60000)] | None = None
    init_ticks: Count | None = None
    sync_ticks: Count | None = None
    max_connections: Annotated[int, Field(ge=0)] | None = None
    snapshots: Annotated[int, Field(ge=3)] | None = None
    purge_hours: Annotated[int, Field(ge=0)] | None = None
    nofile: Files | None = None
    stop_seconds: Seconds | None = None
    check_seconds: Seconds | None = None
    log_level: Level | None = None
    allow_single: bool | None = None
    paths: dict[NodePath, PathAccess] | None = None


class MarathonKeys(Section):
    """``salt/marathon/defaults.yaml``."""

    jvm_flags: list[Flag] | None = None
    libmesos: Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]+$")] | None = None
    zookeeper_path: ZooKeeperPath | None = None
    mesos_path: ZooKeeperPath | None = None
    framework_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")] | None = None
    task_user: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]*$")] | None = None
    failover_seconds: Annotated[int, Field(ge=1)] | None = None
    launch_seconds: Seconds | None = None
    zk_session_ms: Annotated[int, Field(ge=1000)] | None = None
    nofile: Files | None = None
    stop_seconds: Seconds | None = None
    check_seconds: Seconds | None = None
    app_seconds: Seconds | None = None
    log_level: Level | None = None
    config: dict[Annotated[str, Field(pattern=r"^[a-z_]+$")], str | int] | None = None
    apps: dict[AppId, dict[str, Any]] | None = None
    groups: dict[AppId, dict[str, Any]] | None = None


class KafkaSchedulerKeys(Section):
    """``salt/kafka-scheduler/defaults.yaml``."""


class ElasticsearchSchedulerKeys(Section):
    """``salt/elasticsearch-scheduler/defaults.yaml``."""


class Snapshots(Section):
    """``elasticsearch.snapshots``."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    base_path: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]+$")] | None = None


class ElasticsearchKeys(Section):
    """``salt/elasticsearch/defaults.yaml``."""

    memory_lock: bool | None = None
    nofile: Files | None = None
    map_count: Annotated[int, Field(ge=262144)] | None = None
    jvm_flags: list[Flag] | None = None
    stop_seconds: Seconds | None = None
    check_seconds: Seconds | None = None
    log_level: Level | None = None
    shards: Count | None = None
    replicas: Count | None = None
    snapshots: Snapshots | None = None


class MesosDns(Section):
    """``proxy.mesos_dns``."""

    source: Annotated[str, Field(pattern=r"^(https?://|/)\S+$")] | None = None
    source_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")] | None = None
    resolvers: list[str] | None = None


class ProxyKeys(Section):
    """``salt/proxy/defaults.yaml``."""

    connections: Count | None = None
    idle_seconds: Seconds | None = None
    check_seconds: Seconds | None = None
    scheduler_check_seconds: Seconds | None = None
    check_spread: Annotated[int, Field(ge=0, le=50)] | None = None
    slots: Count | None = None
    poll_seconds: Seconds | None = None
    ready_seconds: Seconds | None = None
    mesos_dns: MesosDns | None = None
