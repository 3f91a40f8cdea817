"""``POST /double``: what a test orders to go wrong in a Marathon. Body ``{"do": …}``, of:

================ ======================= =================================================================
do               with                    what happens
================ ======================= =================================================================
refuse           ``count``, ``status``   the next requests get this status (503)
slow             ``seconds``             each answer takes so long
stuck            ``on`` (true, false)    deployments do not end, though all is as they want it
drop_mesos       -                       the connection to Mesos is cut; it subscribes again
drop_connections -                       all connections to it are cut
abdicate         -                       the leader ends, as one that has lost its session
die              -                       it ends at once
================ ======================= =================================================================
"""

import asyncio
import os
from typing import TYPE_CHECKING

from ..http import Request, Response

if TYPE_CHECKING:
    from .main import Marathon


class Trouble:
    """Makes it."""

    def __init__(self, marathon: "Marathon") -> None:
        self._marathon = marathon
        self._refused, self._status, self._slow = 0, 503, 0.0

    async def meddle(self) -> Response | None:
        """Return the answer that takes the place of the right one; ``None`` for none."""
        await asyncio.sleep(self._slow)
        if self._refused > 0:
            self._refused -= 1
            return Response.of({"message": "refused as ordered"}, self._status)
        return None

    def answer(self, request: Request) -> Response:
        """Do what is ordered."""
        order = request.json()
        what, loop = order["do"], asyncio.get_running_loop()
        if what == "refuse":
            self._refused, self._status = int(order["count"]), int(order.get("status", 503))
        elif what == "slow":
            self._slow = float(order["seconds"])
        elif what == "stuck":
            self._marathon.core.stuck = bool(order.get("on", True))
            self._marathon.core.changed.set()
        elif what == "drop_mesos" and self._marathon.driver is not None:
            self._marathon.driver.drop()
        elif what == "drop_connections":
            loop.call_later(0.05, self._marathon.drop_all)
        elif what in ("abdicate", "die"):
            loop.call_later(0.05, os._exit, 1)
        else:
            return Response.text(400, f"nothing known of {what!r}")
        return Response(202)
