"""``POST /double``: what a test orders to go wrong in an agent. Body ``{"do": …}``, of:

======================= ================ ==================================================================
do                      with             what happens
======================= ================ ==================================================================
detach                  ``seconds``      it does not speak to the master for a while, as behind a cut cable
repeat_updates          -                every update that is not acknowledged is sent again now
die                     -                it ends at once; its tasks go on
======================= ================ ==================================================================
"""

import asyncio
import os
import time
from typing import TYPE_CHECKING

from ..http import Request, Response

if TYPE_CHECKING:
    from .main import Agent


class Trouble:
    """Makes it."""

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent
        self._detached_until = 0.0

    @property
    def detached(self) -> bool:
        """Whether it must not speak to the master."""
        return time.monotonic() < self._detached_until

    async def answer(self, request: Request) -> Response:
        """Do what is ordered."""
        order = request.json()
        what, loop = order["do"], asyncio.get_running_loop()
        if what == "detach":
            self._detached_until = time.monotonic() + float(order["seconds"])
            if self._agent.registered:
                self._agent.registered = False
                self._agent._connection.transport.abort()
        elif what == "repeat_updates":
            self._agent.runtime.deliver_all()
        elif what == "die":
            loop.call_later(0.05, os._exit, 1)
        else:
            return Response.text(400, f"nothing known of {what!r}")
        return Response(202)
