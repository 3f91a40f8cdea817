"""What the sink does: the contents of ``sink.json``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.daemon import configuration
from meridian.services.elasticsearch.access import ElasticAccess
from meridian.services.kafka.access import KafkaAccess
from meridian.services.kafka.patterns import whole_names

CONFIG_FILE = "/etc/meridian/elasticsearch-sink/sink.json"
STATUS_FILE = "/run/meridian-elasticsearch-sink/status.json"
# A topic's name has at most 249 characters, an index's 255 bytes.
_PREFIX = re.compile(r"^[a-z0-9][a-z0-9._-]{0,5}$")
MALFORMED = ("index", "dlq")


@dataclass(frozen=True)
class SinkSettings:
    """Settings of the sink of one region.

    :ivar node: the node's id; names the group member, so that a restart gets its partitions back at once.
    :ivar topics: regular expressions, each matching whole topic names. Dead letters are never taken.
    :ivar exclude: topics to leave out although one of ``topics`` takes them, in the same form.
    :ivar prefix: what the name of each index begins with; the topic's name comes behind it.
    :ivar malformed: what becomes of a value that is no JSON object: ``index`` (as base64) or ``dlq``.
    :ivar batch_records: most documents of one request.
    :ivar batch_bytes: most bytes of one request, unless one document has more.
    :ivar queue_kbytes: most KiB of records that are fetched ahead.
    :ivar discover_seconds: seconds between two looks for new topics.
    :ivar metrics: ``host:port`` that serves metrics and health by HTTP; empty: none.
    """

    node: str
    kafka: KafkaAccess
    elasticsearch: ElasticAccess
    topics: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    group: str = "meridian-elasticsearch-sink"
    prefix: str = "kafka-"
    malformed: str = "index"
    batch_records: int = 1000
    batch_bytes: int = 4_194_304
    queue_kbytes: int = 16_384
    discover_seconds: float = 10.0
    metrics: str = "127.0.0.1:9114"
    status_file: str = STATUS_FILE

    def matcher(self) -> re.Pattern[str]:
        """Return what matches the topics to index.

        :raises MeridianError: when one is not a regular expression.
        """
        return whole_names(list(self.topics), [*self.exclude, r".*\.dlq"], "elasticsearch:sink")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], source: str) -> "SinkSettings":
        """Make settings of plain data.

        :param source: where the data come from, for the message.
        :raises MeridianError: when a key is unknown, missing or impossible.
        """
        try:
            plain = dict(data)
            plain["kafka"] = KafkaAccess(**plain["kafka"])
            place = dict(plain["elasticsearch"])
            plain["elasticsearch"] = ElasticAccess(**{**place, "urls": tuple(place["urls"])})
            for name in ("topics", "exclude"):
                plain[name] = tuple(plain.get(name, ()))
            made = cls(**plain)
        except KeyError as error:
            raise MeridianError(f"{source}: {error} is missing") from error
        except TypeError as error:
            raise MeridianError(f"{source}: {str(error).partition('__init__() ')[2] or error}") from error
        made.matcher()
        if not _PREFIX.match(made.prefix):
            raise MeridianError(
                f"{source}: prefix {made.prefix!r}: expected at most 6 small letters, digits, '.', '_' or "
                "'-', the first of them a letter or digit"
            )
        if made.malformed not in MALFORMED:
            raise MeridianError(f"{source}: malformed: expected index or dlq, found {made.malformed!r}")
        return made


def load(path: str) -> SinkSettings:
    """Read the sink's configuration file.

    :raises MeridianError: when the file is missing or wrong.
    """
    return SinkSettings.from_dict(configuration.read(path), path)
