"""The daemon's configuration: JSON that the proxy formula writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meridian.services.discovery.https import Access
from meridian.services.discovery.marathon import Marathon
from meridian.services.discovery.model import DiscoveryError
from meridian.services.discovery.scheduler import Scheduler

CONFIG_FILE = "/etc/meridian/proxy/discovery.json"


@dataclass(frozen=True)
class Settings:
    """What the daemon follows, and for whom.

    :ivar socket: the proxy's runtime API.
    :ivar known_file: see :class:`meridian.services.discovery.follower.Follower`.
    :ivar record_file: see there.
    :ivar poll_seconds: time between two questions to a source.
    :ivar scheduler: the Kafka scheduler; ``None`` where there is none to follow.
    :ivar marathon: Marathon; ``None`` where no app of it is followed.
    """

    socket: Path
    known_file: Path
    record_file: Path
    poll_seconds: float
    scheduler: Scheduler | None
    marathon: Marathon | None


def load(path: Path = Path(CONFIG_FILE)) -> Settings:
    """Return the configuration.

    :raises DiscoveryError: it cannot be read, or a key is missing.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        scheduler, marathon = data.get("scheduler"), data.get("marathon")
        return Settings(
            Path(data["socket"]),
            Path(data["known_file"]),
            Path(data["record_file"]),
            float(data["poll_seconds"]),
            Scheduler(_access(scheduler), scheduler["backends"]) if scheduler else None,
            Marathon(_access(marathon), marathon["backends"]) if marathon else None,
        )
    except KeyError as error:
        raise DiscoveryError(f"{path}: key {error} is missing; apply the state proxy.config") from error
    except OSError as error:
        raise DiscoveryError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise DiscoveryError(f"{path}: not what the proxy formula writes: {error}") from error


def _access(section: Mapping[str, Any]) -> Access:
    password = section.get("password_file")
    return Access(
        section["url"], Path(section["ca"]), section.get("user", ""), Path(password) if password else None
    )
