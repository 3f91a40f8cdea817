"""Where the archive is and how it is written: the same settings for service, nodes and controller.

Standard library only: Salt's own Python reads and writes them too.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.archive.segment import CONSUMER_GROUP, matcher
from meridian.services.daemon import configuration
from meridian.services.kafka.access import KafkaAccess

CONFIG_FILE = "/etc/meridian/archive/archiver.json"
CREDENTIALS_FILE = "/etc/meridian/archive/credentials.json"
STATUS_FILE = "/run/meridian/archive/status.json"


@dataclass(frozen=True)
class StoreAccess:
    """How to talk to the object store.

    :ivar endpoint: ``https://host:port``; empty for the cloud's own S3.
    :ivar ca: file of the CA certificate, empty for the system's CAs.
    :ivar credentials: JSON file with ``access_key`` and ``secret_key``; empty for the cloud's own way
        (instance profile, environment).
    :ivar region_name: the store's own region name, for signatures.
    :ivar keys: access key and secret key at hand, instead of a file of them. Never written anywhere.
    """

    bucket: str
    endpoint: str = ""
    ca: str = ""
    credentials: str = ""
    region_name: str = "us-east-1"
    keys: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SegmentLimits:
    """When a segment is full: whichever comes first.

    :ivar max_records: records.
    :ivar max_bytes: bytes of keys, values and headers before compression.
    :ivar max_age_seconds: seconds since its first record was read.
    """

    max_records: int = 50_000
    max_bytes: int = 33_554_432
    max_age_seconds: float = 10.0


@dataclass(frozen=True)
class ArchiverSettings:
    """What the archiver of one region does; the contents of ``archiver.json``.

    :ivar node: the node's id; names the group member, so that a restart gets its partitions back at once.
    :ivar topics: regular expressions, each matching whole topic names.
    :ivar exclude: topics to leave out although one of ``topics`` takes them, in the same form.
    :ivar create_bucket: make the bucket when it is missing.
    :ivar memory_bytes: most bytes of records held; fetching pauses beyond it.
    :ivar uploads: objects stored at the same time.
    :ivar discover_seconds: seconds between two looks for new topics.
    """

    environment: str
    region: str
    node: str
    kafka: KafkaAccess
    store: StoreAccess
    topics: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    group: str = CONSUMER_GROUP
    segment: SegmentLimits = field(default_factory=SegmentLimits)
    create_bucket: bool = True
    memory_bytes: int = 67_108_864
    uploads: int = 4
    discover_seconds: float = 10.0
    status_file: str = STATUS_FILE

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain data, as they stand in the file."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        del data["store"]["keys"]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], source: str) -> "ArchiverSettings":
        """Make settings of plain data.

        :param source: where the data come from, for the message.
        :raises MeridianError: when a key is unknown or missing.
        """
        try:
            plain = dict(data)
            for name, part in (("kafka", KafkaAccess), ("store", StoreAccess), ("segment", SegmentLimits)):
                if name in plain:
                    plain[name] = part(**plain[name])
            for name in ("topics", "exclude"):
                if name in plain:
                    plain[name] = tuple(plain[name])
            return cls(**plain)
        except TypeError as error:
            raise MeridianError(f"{source}: {str(error).partition('__init__() ')[2] or error}") from error


def load(path: str) -> ArchiverSettings:
    """Read the archiver's configuration file.

    :raises MeridianError: when the file is missing or wrong.
    """
    settings = ArchiverSettings.from_dict(configuration.read(path), path)
    check(settings)
    return settings


def check(settings: ArchiverSettings) -> None:
    """Refuse settings that no archiver could work with.

    :raises MeridianError: with the pillar's key.
    """
    matcher(list(settings.topics), list(settings.exclude))
    if settings.memory_bytes < settings.segment.max_bytes:
        raise MeridianError(
            f"pillar archive:segment:max_bytes is {settings.segment.max_bytes}, more than the "
            f"{settings.memory_bytes} bytes that the archiver may hold (archive:memory_mb)"
        )


def credentials(path: str) -> tuple[str, str]:
    """Read access key and secret key.

    :param path: JSON file with ``access_key`` and ``secret_key``.
    :raises MeridianError: when the file is missing, unreadable or lacks one of them.
    """
    data = configuration.read(path)
    try:
        return str(data["access_key"]), str(data["secret_key"])
    except KeyError as error:
        raise MeridianError(f"{path}: {error} is missing; deploy again to write it") from error
