"""
Check of the proxy of this node.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]
    __opts__: dict[str, Any]


def ready(name: str, backends: Sequence[str] | None = None, seconds: float = 60) -> dict[str, Any]:
    """
    Wait until each address of the proxy leads to a server that answers. It changes nothing.

    name
        Any name for the state.
    backends
        Only these; default: all that the proxy has, but for apps of Marathon, which may be stopped.
    seconds
        How long to wait.

    .. code-block:: yaml

        Proxy at work:
          meridian_proxy.ready:
            - backends: [zookeeper]
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    if __opts__.get("test"):
        return {**ret, "result": True, "comment": "the proxy would be asked"}
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = __salt__["meridian_proxy.servers"]()
        except MeridianError as error:
            problem = str(error)
        else:
            wanted = backends or [one for one in found if not one.startswith("app-")]
            idle = sorted(one for one in wanted if "up" not in found.get(one, {}).values())
            if not idle:
                return {**ret, "result": True, "comment": f"{', '.join(sorted(wanted))}: a server answers"}
            problem = f"no server answers behind {', '.join(idle)}"
        if time.monotonic() >= deadline:
            return {**ret, "comment": f"after {seconds:g} s: {problem}; see journalctl -u meridian-proxy"}
        time.sleep(0.5)
