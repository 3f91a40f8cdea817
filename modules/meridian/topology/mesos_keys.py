"""Keys of ``mesos`` whose default stands in ``salt/mesos/defaults.yaml``, and nowhere else."""

from typing import Annotated, Literal

from pydantic import Field

from meridian.topology.formula_keys import Count, Files, Megabytes, Seconds, Section, ZooKeeperPath

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/@=+~-]*$")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s'\"]+$")]
Folder = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]+$")]
User = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]*$")]
PortRange = Annotated[str, Field(pattern=r"^[0-9]{1,5}-[0-9]{1,5}$")]
# As Mesos reads them, e.g. 10mins.
Duration = Annotated[str, Field(pattern=r"^[0-9.]+(ms|secs|mins|hrs|days|weeks)$")]
MesosRole = Annotated[str, Field(pattern=r"^(\*|[A-Za-z0-9_.][A-Za-z0-9_./-]*)$")]
MesosFlag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class MesosPackageOf(Section):
    """``mesos.package`` of one distribution."""

    name: Word | None = None
    repository: Url | None = None
    component: Word | None = None
    key: Url | None = None
    key_hash: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] | None = None


class MesosPackage(Section):
    """``mesos.package``."""

    programs: Folder | None = None
    Debian: MesosPackageOf | None = None
    Ubuntu: MesosPackageOf | None = None
    RedHat: MesosPackageOf | None = None


class MesosImage(Section):
    """``mesos.image``."""

    name: Word | None = None
    programs: Folder | None = None


class MesosTls(Section):
    """``mesos.tls``."""

    require_client_certificate: bool | None = None
    ciphers: Annotated[str, Field(pattern=r"^[A-Za-z0-9:+!@_-]+$")] | None = None
    curves: Annotated[str, Field(pattern=r"^[A-Za-z0-9:_-]+$")] | None = None


class MesosFramework(Section):
    """``mesos.frameworks``: what one principal may."""

    roles: list[MesosRole]
    users: list[User]


class MesosShare(Section):
    """Resources of an agent."""

    cpus: Annotated[int | float, Field(gt=0)] | None = None
    mem_mb: Megabytes | None = None
    disk_mb: Megabytes | None = None


class MesosReserved(MesosShare):
    """``mesos.agent.reserved`` for one role."""

    ports: list[PortRange] | None = None


class MesosAgentKeys(Section):
    """``mesos.agent``."""

    attributes: dict[Word, Annotated[str, Field(pattern=r"^[^;\s]+$")]] | None = None
    resources: MesosShare | None = None
    ports: list[PortRange] | None = None
    reserved: dict[MesosRole, MesosReserved] | None = None
    containerizers: list[Literal["mesos", "docker"]] | None = None
    isolation: Literal["auto"] | list[Word] | None = None
    launcher: Literal["auto", "linux", "posix"] | None = None
    recover: Literal["reconnect", "cleanup"] | None = None
    recovery_seconds: Seconds | None = None
    reconfiguration_policy: Literal["equal", "additive"] | None = None
    fetcher_cache_mb: Megabytes | None = None
    gc_delay: Duration | None = None
    work_dir_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    grace_seconds: Seconds | None = None
    environment: dict[Word, str] | None = None


class MesosMasterKeys(Section):
    """``mesos.master``."""

    offer_seconds: Seconds | None = None
    ping_seconds: Seconds | None = None
    pings: Count | None = None
    reregister: Duration | None = None


class MesosConfig(Section):
    """``mesos.config``: further flags, by Mesos's own names."""

    master: dict[MesosFlag, str | int | bool] | None = None
    agent: dict[MesosFlag, str | int | bool] | None = None


class MesosKeys(Section):
    """``salt/mesos/defaults.yaml``."""

    source: Literal["artifact", "package", "image"] | None = None
    programs: Folder | None = None
    package: MesosPackage | None = None
    image: MesosImage | None = None
    zookeeper_path: ZooKeeperPath | None = None
    tls: MesosTls | None = None
    frameworks: dict[Word, MesosFramework] | None = None
    agent: MesosAgentKeys | None = None
    master: MesosMasterKeys | None = None
    config: MesosConfig | None = None
    log_level: Literal["INFO", "WARNING", "ERROR"] | None = None
    nofile: Files | None = None
    stop_seconds: Seconds | None = None
    check_seconds: Seconds | None = None
