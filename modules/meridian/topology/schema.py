"""The shape of the pillar. Strict: no unknown key, no silent conversion.

A key has its default in ``pillar/defaults/`` (then it is required here), in a formula's ``defaults.yaml``
(see
:mod:`meridian.topology.formula_keys`) or, inside maps whose keys a user chooses (topics, flows), here.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from meridian.topology import roles
from meridian.topology.formula_keys import (
    STRICT,
    ArchiveKeys,
    ConnectKeys,
    ElasticsearchKeys,
    ElasticsearchSchedulerKeys,
    JavaKeys,
    KafkaKeys,
    KafkaSchedulerKeys,
    MarathonKeys,
    NodeKeys,
    ObjectStoreKeys,
    ProxyKeys,
    ZooKeeperKeys,
)
from meridian.topology.mesos_keys import MesosKeys

ENVIRONMENT_SECTIONS = ("environment", "overrides", "local", "prices", "verification")


def _scalar(value: Any) -> Any:
    if isinstance(value, str | int | float | bool):
        return value
    raise PydanticCustomError("scalar_type", "text, a number, or true or false")


def _port(value: Any) -> Any:
    named = isinstance(value, str) and "." in value
    if named or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535):
        return value
    raise PydanticCustomError("port_type", "a port or a setting")


def _role(value: str, *others: str) -> str:
    known = (*others, *roles.TABLE)
    if value in known:
        return value
    *first, last = (repr(name) for name in known)
    raise PydanticCustomError("literal_error", "{expected}", {"expected": f"{', '.join(first)} or {last}"})


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
TopicName = Annotated[str, Field(min_length=1, max_length=249)]
Port = Annotated[int, Field(ge=1, le=65535)]
Positive = Annotated[int, Field(ge=1)]
Price = Annotated[float, Field(ge=0)]
Scalar = Annotated[Any, BeforeValidator(_scalar)]
Config = dict[str, Scalar]
FOLDER = r"^(/[A-Za-z0-9_.-]+)+$"
Folder = Annotated[str, Field(pattern=FOLDER)]
PortOrSetting = Annotated[Any, BeforeValidator(_port)]
Source = Literal["region", "platform", "operator"]
Role = Annotated[str, AfterValidator(_role)]
# What holds for every node stands under `node`.
RoleOrNode = Annotated[str, AfterValidator(lambda name: _role(name, "node"))]
DataFolder = Annotated[str, Field(pattern=r"^/var/lib(/[A-Za-z0-9_-]+)+$")]
Heap = Annotated[int, Field(ge=64)]


class _Section(BaseModel):
    model_config = STRICT


class Environment(_Section):
    """``environment``: which regions there are, and who makes the machines."""

    provider: Name
    providers: dict[Name, Name] = {}
    regions: Annotated[list[Name], Field(min_length=1)]
    central: Name
    extends: Name | None = None


class Local(_Section):
    """``local``: the local cloud's networks."""

    wan: bool
    network: str | None = None
    round_trip_ms: dict[str, dict[str, Annotated[float, Field(ge=0)]]]


class RegionFacts(_Section):
    """``region``: where it is."""

    title: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    zones: Annotated[list[str], Field(min_length=1)]
    locations: dict[str, str] = {}
    location_zones: dict[str, Annotated[list[str], Field(min_length=1)]] = {}


class NodeGroup(_Section):
    """``nodes.<group>``: alike machines."""

    count: Annotated[int, Field(ge=0, le=200)]
    roles: Annotated[list[Role], Field(min_length=1)]
    size: str
    zones: Annotated[list[str], Field(min_length=1)] | None = None


class Size(_Section):
    """``sizes.<size>``: what a machine has."""

    cpus: Annotated[float, Field(gt=0)]
    memory_mb: Annotated[int, Field(ge=128)]


class VolumeSettings(_Section):
    """``volumes.<role>.<name>``: a disk for data."""

    size_gb: Annotated[int, Field(ge=1, le=65536)]
    type: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    mount: Annotated[str, Field(min_length=1)]


class Opening(_Section):
    """``firewall.open.<role>.<name>``: a port, and who may use it."""

    port: PortOrSetting
    protocol: Literal["tcp", "udp"] = "tcp"
    sources: Annotated[list[Source], Field(min_length=1)]


class Firewall(_Section):
    """``firewall``: what nodes let in."""

    on_node: Literal["auto", True, False]
    operator: list[str]
    open: dict[RoleOrNode, dict[Name, Opening]]


class KafkaPorts(_Section):
    """``kafka.ports``."""

    internal: Port
    controller: Port
    external: Port


class KafkaIds(_Section):
    """``kafka.ids``."""

    brokers: Positive
    controllers: Positive


class Kafka(_Section, KafkaKeys):
    """``kafka``: the region's cluster."""

    version: str
    data: DataFolder
    mode: Literal["kraft", "zookeeper"]
    runtime: Literal["systemd", "mesos"]
    ids: KafkaIds
    ports: KafkaPorts
    heap_mb: Annotated[int, Field(ge=128)]
    serial_gc: bool
    allow_low_replication: bool
    config: Config = {}


class Topic(_Section):
    """``topics.<topic>``."""

    partitions: Positive
    replication_factor: Positive = 3
    min_insync_replicas: Positive = 2
    config: Config = {}


class Filter(_Section):
    """``flows.<flow>.filter``: what passes; :mod:`meridian.topology.filters` checks the condition."""

    condition: dict[str, Any]
    on_malformed: Literal["pass", "drop", "fail"]


# Connect takes a comma for the end of one.
GroupPattern = Annotated[str, Field(pattern=r"^[^,]+$")]


class FlowSettings(_Section):
    """``flows.<flow>``: a mirror flow out of the region."""

    target: Name
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=120)] | None = None
    topics: Annotated[list[str], Field(min_length=1)]
    naming: Literal["source_prefix", "identity"] = "source_prefix"
    filter: Filter | None = None
    on_impossible: Literal["dlq", "drop", "fail"] = "dlq"
    tasks_max: Positive = 1
    replication_factor: Positive = 3
    offset_sync: bool = True
    groups: Annotated[list[GroupPattern], Field(min_length=1)] = [".*"]
    groups_exclude: list[GroupPattern] = []
    heartbeats: bool = True
    enabled: bool = True
    config: Config = {}


class Mirror(_Section):
    """``mirror``: the connectors of all flows into a region."""

    unmanaged_connectors: Literal["pause", "remove", "report"]


class Connect(_Section, ConnectKeys):
    """``connect``: the Connect cluster of a region whose nodes carry the role."""

    port: Port
    group_id: str
    heap_mb: Annotated[int, Field(ge=128)]
    config: Config = {}


class Segment(_Section):
    """``archive.segment``: when an object is closed."""

    max_records: Positive
    max_bytes: Annotated[int, Field(ge=1024)]
    max_age_seconds: Annotated[float, Field(gt=0)]


class Archive(_Section, ArchiveKeys):
    """``archive``: what is kept, and where."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    topics: Annotated[list[str], Field(min_length=1)]
    exclude: list[str] = []
    segment: Segment


class ObjectStore(_Section, ObjectStoreKeys):
    """``objectstore``: the S3 server."""

    port: Port
    directory: Folder
    region_name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]


class ZooKeeperPorts(_Section):
    """``zookeeper.ports``."""

    client: Port
    quorum: Port
    election: Port


class ZooKeeper(_Section, ZooKeeperKeys):
    """``zookeeper``: the region's ensemble."""

    ports: ZooKeeperPorts
    data: DataFolder
    heap_mb: Heap
    config: Config = {}


class MesosPorts(_Section):
    """``mesos.ports``."""

    master: Port
    agent: Port


class Mesos(_Section, MesosKeys):
    """``mesos``: the region's masters and agents."""

    ports: MesosPorts
    data: DataFolder


class MarathonDriver(_Section):
    """``marathon.driver``."""

    port: Port


class Marathon(_Section, MarathonKeys):
    """``marathon``: what runs the region's apps."""

    port: Port
    driver: MarathonDriver
    heap_mb: Heap


class Framework(_Section):
    """A framework of ours, which runs a service as Mesos tasks."""

    port: Port
    instances: Positive
    cpus: Annotated[float, Field(gt=0)]
    volume_mb: Positive
    failover_delay_seconds: Positive
    failover_max_delay_seconds: Positive
    stickiness_seconds: Positive
    host_lost_seconds: Positive
    data_lost_seconds: Positive | None


class KafkaScheduler(Framework, KafkaSchedulerKeys):
    """``kafka_scheduler``: the framework that runs brokers."""


class ElasticsearchScheduler(Framework, ElasticsearchSchedulerKeys):
    """``elasticsearch_scheduler``: the framework that runs nodes of Elasticsearch."""


class ElasticsearchPorts(_Section):
    """``elasticsearch.ports``."""

    http: Port
    transport: Port


class ElasticsearchSink(_Section):
    """``elasticsearch.sink``: what fills it from the region's Kafka cluster."""

    enabled: bool
    topics: Annotated[list[str], Field(min_length=1)]
    exclude: list[str] = []
    prefix: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,5}$")]
    malformed: Literal["index", "dlq"]


class Elasticsearch(_Section, ElasticsearchKeys):
    """``elasticsearch``: the region's search cluster."""

    runtime: Literal["systemd", "mesos"]
    transport: Literal["direct", "proxy"]
    serial_gc: bool
    sink: ElasticsearchSink
    config: Config = {}
    ports: ElasticsearchPorts
    data: DataFolder
    heap_mb: Heap


class ProxyPorts(_Section):
    """``proxy.ports``: on each node's loopback address, but for ``external``."""

    zookeeper: Port
    scheduler: Port
    marathon: Port
    bootstrap: Port
    external: Port
    metrics: Port


class Proxy(_Section, ProxyKeys):
    """``proxy``: the local proxy of each node."""

    enabled: Literal["auto", True, False]
    apps: dict[Name, Port] = {}
    ports: ProxyPorts


class Pki(_Section):
    """``pki``: life of certificates."""

    validity_days: Annotated[int, Field(ge=1, le=3650)]
    renew_before_days: Annotated[int, Field(ge=0)]


class Canary(_Section):
    """``verification.canary``."""

    topic: TopicName


class Flights(_Section):
    """``verification.flights``."""

    topic: TopicName
    origins: Annotated[dict[str, Name], Field(min_length=1)]
    delayed_minutes: int


class Verification(_Section):
    """``verification``: what is followed through the platform."""

    canary: Canary
    flights: Flights


class Prices(_Section):
    """``prices``: what the plan counts with; provider → size or volume type → location or ``any`` → price."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    per_usd: Annotated[float, Field(gt=0)] | None = None
    machines: dict[str, dict[str, dict[str, Price]]] = {}
    volumes: dict[str, dict[str, dict[str, Price]]] = {}


class EnvironmentSettings(_Section):
    """The sections that concern a whole environment."""

    environment: Environment
    local: Local
    prices: Prices
    verification: Verification


class RegionSettings(_Section):
    """The sections that each region has a copy of its own of."""

    region: RegionFacts
    nodes: dict[Name, NodeGroup]
    sizes: dict[Name, Size]
    volumes: dict[Role, dict[Name, VolumeSettings]] = {}
    volume_types: dict[Name, dict[str, str]]
    firewall: Firewall
    kafka: Kafka
    topics: dict[TopicName, Topic] = {}
    flows: dict[Name, FlowSettings] = {}
    mirror: Mirror
    connect: Connect
    archive: Archive
    objectstore: ObjectStore
    zookeeper: ZooKeeper
    mesos: Mesos
    marathon: Marathon
    kafka_scheduler: KafkaScheduler
    elasticsearch: Elasticsearch
    elasticsearch_scheduler: ElasticsearchScheduler
    proxy: Proxy
    pki: Pki
    node: NodeKeys = NodeKeys()
    java: JavaKeys = JavaKeys()
