"""JSON files that Salt writes for a service."""

import json
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError


def read(path: str) -> Any:
    """Return what a file says.

    :raises MeridianError: it cannot be read, or is not JSON.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise MeridianError(f"{path}: {error.strerror}; deploy again to write it") from error
    except ValueError as error:
        raise MeridianError(f"{path}: not JSON ({error}); deploy again to write it") from error
