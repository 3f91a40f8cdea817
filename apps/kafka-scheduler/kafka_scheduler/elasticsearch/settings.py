"""Settings of the scheduler of Elasticsearch: those of any scheduler, and how the cluster is asked."""

from dataclasses import dataclass
from pathlib import Path

from meridian.common.errors import MeridianError

from kafka_scheduler import settings as scheduler_settings
from kafka_scheduler.settings import SchedulerSettings

CONFIG_FILE = Path("/etc/meridian/elasticsearch-scheduler/scheduler.properties")
LAUNCHER = "/etc/meridian/elasticsearch/node-task"
_PREFIX = "elasticsearch-"
_OWN = ("ca", "user", "secret")
# What differs from a scheduler of brokers where the file does not say it.
_DEFAULTS = (
    "--framework-name=elasticsearch",
    "--storage=file:elasticsearch-scheduler.json",
    f"--launcher={LAUNCHER}",
)


@dataclass(frozen=True)
class ElasticSettings:
    """What the file says.

    :ivar user: who may ask for the cluster's health; ``secret`` is a file with the password.
    :ivar ca: authority of the nodes' certificates; ``None``: they speak no TLS.
    """

    scheduler: SchedulerSettings
    user: str = "elastic"
    secret: Path | None = None
    ca: Path | None = None


def load(file: Path = CONFIG_FILE) -> ElasticSettings:
    """Read the file.

    :raises MeridianError: it cannot be read, or a line of it is wrong.
    """
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise MeridianError(f"{file}: {error.strerror}") from error
    own: dict[str, str] = {}
    others: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith(("#", "!")):
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        name = key.removeprefix(_PREFIX)
        if key.startswith(_PREFIX) and name in _OWN and equals:
            own[name] = value
        elif key in scheduler_settings.NAMES and equals:
            others.append(f"--{key}={value}")
        else:
            known = ", ".join(f"{_PREFIX}{one}" for one in _OWN)
            raise MeridianError(
                f"{file}:{number}: {key!r} is no setting; known are {known}, and a scheduler's"
            )
    scheduler = scheduler_settings.load(["/dev/null", *_DEFAULTS, *others])
    secret, ca = own.get("secret"), own.get("ca")
    return ElasticSettings(
        scheduler, own.get("user", "elastic"), Path(secret) if secret else None, Path(ca) if ca else None
    )
